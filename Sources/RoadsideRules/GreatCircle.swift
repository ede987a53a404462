/// The two functions a great circle needs, from their series, to the last few bits of a `Double`.
///
/// The C library that has them brings files and clocks along, which the rules must not reach; and so every platform
/// computes the same distance. A test holds both against the C library.
enum GreatCircle {
    /// The square of the sine; radians from −π to π.
    static func squaredSine(_ angle: Double) -> Double {
        // The square is the same on either side of a quarter turn, and the series is short within one.
        let magnitude = abs(angle)
        let sine = sine(magnitude > .pi / 2 ? .pi - magnitude : magnitude)
        return sine * sine
    }

    /// Radians from −π/2 to π/2.
    static func cosine(_ angle: Double) -> Double {
        sine(.pi / 2 - abs(angle))
    }

    /// The angle, 0 to π/2, whose sine's square this is.
    static func angle(squaredSine square: Double) -> Double {
        let square = min(max(square, 0), 1)
        // The tangent of half the angle, then of a quarter and an eighth: at most 0.2, where the series is short.
        var tangent = square.squareRoot() / (1 + (1 - square).squareRoot())
        for _ in 0..<2 { tangent /= 1 + (1 + tangent * tangent).squareRoot() }
        let t = tangent * tangent
        var sum = 0.0
        for k in stride(from: 12, through: 0, by: -1) { sum = 1 / Double(2 * k + 1) - t * sum }
        return 8 * tangent * sum
    }

    /// Taylor to the 23rd power; the rest is below 10⁻¹⁸ up to π/2.
    private static func sine(_ x: Double) -> Double {
        let square = x * x
        var sum = 1.0
        for k in stride(from: 22.0, through: 2, by: -2) { sum = 1 - square / (k * (k + 1)) * sum }
        return x * sum
    }
}
