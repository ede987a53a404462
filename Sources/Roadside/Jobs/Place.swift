import BSON
public import RoadsideRules

/// A point with the address a person would give for it.
public struct Place: Sendable, Hashable {
    public var point: GeoPoint
    public var address: String

    public init(point: GeoPoint, address: String) {
        self.point = point
        self.address = address
    }
}

extension Place {
    init?(_ document: Document?) {
        guard let document, let point = GeoPoint(geoJSON: document.get("point")) else { return nil }
        self.init(point: point, address: document.get("address") ?? "")
    }

    var document: Document { ["point": .document(point.geoJSON), "address": .string(address)] }
}
