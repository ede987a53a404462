/// What a provider can do, in canonical words; a service type needs one of them (contracts K17).
public enum Capabilities {
    public static let breakdown = "breakdown"
    public static let tyreChange = "tyre_change"
    public static let batteryJump = "battery_jump"
    public static let lockout = "lockout"
    public static let fuelDelivery = "fuel_delivery"
    public static let towLight = "tow_light"
    public static let towHeavy = "tow_heavy"

    public static let all: Set<String> = [
        breakdown, tyreChange, batteryJump, lockout, fuelDelivery, towLight, towHeavy,
    ]

    /// What every roadside mechanic is taken to do: K17's `repair`. A tow truck is not assumed.
    public static let general: Set<String> = [breakdown, tyreChange, batteryJump, lockout, fuelDelivery]

    /// The capabilities behind a provider's own words. Words we do not know are ignored here (the caller keeps them raw
    /// for display); a provider with no known word gets `general`, for otherwise no search would ever find him.
    public static func from(specializations: [String]) -> Set<String> {
        let known = specializations.reduce(into: Set<String>()) { $0.formUnion(words[normalized($1)] ?? []) }
        return known.isEmpty ? general : known
    }

    /// `Tow-Truck ` and `tow truck` are `tow_truck`.
    static func normalized(_ word: String) -> String {
        word.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "_")
    }

    private static let words: [String: Set<String>] = {
        let groups: [(Set<String>, [String])] = [
            (
                [breakdown],
                [
                    "breakdown", "engine", "engines", "engine_repair", "transmission", "gearbox", "clutch", "brake",
                    "brakes", "suspension", "steering", "cooling", "radiator", "exhaust", "diesel", "diagnostics",
                    "hybrid", "air_conditioning", "mechanic_dispatch",
                ]
            ),
            (
                [breakdown, batteryJump],
                ["electrical", "electric", "electrics", "electronics", "auto_electrical", "alternator", "starter"]
            ),
            ([batteryJump], ["battery", "batteries", "battery_jump", "jump_start", "jumpstart", "battery_jumpstart"]),
            (
                [tyreChange],
                [
                    "tyre", "tyres", "tire", "tires", "tyre_change", "tire_change", "puncture", "punctures",
                    "flat_tyre",
                    "flat_tire", "wheel", "wheels",
                ]
            ),
            ([lockout], ["lockout", "locksmith", "lock", "locks", "key", "keys", "car_keys"]),
            ([fuelDelivery], ["fuel", "fuel_delivery", "petrol", "refuelling", "refueling"]),
            (
                [towLight],
                [
                    "tow", "towing", "tow_truck", "tow_light", "light_towing", "towing_light", "recovery", "flatbed",
                    "winch",
                ]
            ),
            ([towLight, towHeavy], ["tow_heavy", "heavy_towing", "towing_heavy", "heavy_recovery", "truck_towing"]),
            (
                general,
                [
                    "general", "general_repair", "general_mechanic", "general_mechanics", "mechanic", "mechanical",
                    "repair", "repairs", "roadside", "roadside_assistance", "all", "other",
                ]
            ),
        ]
        var table: [String: Set<String>] = [:]
        for (capabilities, spellings) in groups {
            for spelling in spellings { table[spelling] = capabilities }
        }
        return table
    }()
}
