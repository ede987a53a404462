/// Numbers and strings.
extension JSONParser {
    mutating func number() throws(JSONError) -> JSON {
        let start = at
        if byte == UInt8(ascii: "-") { at += 1 }
        let digits = at
        guard let first = byte, isDigit(first) else { throw badNumber() }
        skipDigits()
        if first == UInt8(ascii: "0"), at > digits + 1 { throw JSONError(.badNumber, offset: digits) }
        var isWhole = true
        if byte == UInt8(ascii: ".") {
            isWhole = false
            at += 1
            guard let byte, isDigit(byte) else { throw badNumber() }
            skipDigits()
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            isWhole = false
            at += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
            guard let byte, isDigit(byte) else { throw badNumber() }
            skipDigits()
        }
        if isWhole, let number = whole(digits, negative: digits > start) { return .int(number) }
        let written = String(decoding: UnsafeBufferPointer(rebasing: text[start..<at]), as: UTF8.self)
        guard let number = Double(written), number.isFinite else { throw JSONError(.numberOutOfRange, offset: start) }
        return .double(number)
    }

    private func badNumber() -> JSONError { JSONError(byte == nil ? .unexpectedEnd : .badNumber, offset: at) }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private mutating func skipDigits() {
        while let byte, isDigit(byte) { at += 1 }
    }

    /// The digits from `start` to the cursor as a number; nil when they do not fit.
    private func whole(_ start: Int, negative: Bool) -> Int64? {
        var number: Int64 = 0
        for index in start..<at {
            let (tens, tooBig) = number.multipliedReportingOverflow(by: 10)
            let digit = Int64(text[index] - 0x30)
            // Counted downwards when negative, since the smallest number has no positive counterpart.
            let (sum, over) = negative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            if tooBig || over { return nil }
            number = sum
        }
        return number
    }

    /// The string whose opening quote stands at the cursor.
    mutating func string() throws(JSONError) -> String {
        at += 1
        let start = at
        while let byte, byte != 0x22, byte != 0x5C {
            guard byte >= 0x20 else { throw JSONError(.controlCharacter, offset: at) }
            at += 1
        }
        let plain = UnsafeBufferPointer(rebasing: text[start..<at])
        if byte == 0x22 {
            at += 1
            return try validated(plain, at: start)
        }
        // An escape (or the end of the text): from here on the bytes are gathered.
        var bytes = Array(plain)
        while let byte {
            at += 1
            switch byte {
            case 0x22:
                return try bytes.withUnsafeBufferPointer { buffer in
                    Result { () throws(JSONError) in try validated(buffer, at: start) }
                }.get()
            case 0x5C: try escape(into: &bytes)
            case 0..<0x20: throw JSONError(.controlCharacter, offset: at - 1)
            default: bytes.append(byte)
            }
        }
        throw JSONError(.unexpectedEnd, offset: at)
    }

    private func validated(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONError) -> String {
        // Most strings are ASCII, for which the standard library's general validation is the slower way.
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw JSONError(.invalidUTF8, offset: start)
        }
        return string
    }

    /// One escape, whose backslash has been read.
    private mutating func escape(into bytes: inout [UInt8]) throws(JSONError) {
        let start = at - 1
        guard let letter = byte else { throw JSONError(.unexpectedEnd, offset: at) }
        at += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try hexadecimal())
            if code & 0xFC00 == 0xD800, byte == 0x5C, at + 1 < text.count, text[at + 1] == UInt8(ascii: "u") {
                at += 2
                let second = UInt32(try hexadecimal())
                guard second & 0xFC00 == 0xDC00 else { throw JSONError(.loneSurrogate, offset: start) }
                code = 0x10000 + (code & 0x3FF) << 10 + second & 0x3FF
            }
            guard let scalar = Unicode.Scalar(code) else { throw JSONError(.loneSurrogate, offset: start) }
            bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        default: throw JSONError(.badEscape, offset: start)
        }
    }

    /// The four digits of a `\u` escape.
    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
        var code: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = byte else { throw JSONError(.unexpectedEnd, offset: at) }
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x41...0x46: value = digit - 0x37
            case 0x61...0x66: value = digit - 0x57
            default: throw JSONError(.badEscape, offset: at)
            }
            code = code << 4 | UInt16(value)
            at += 1
        }
        return code
    }
}
