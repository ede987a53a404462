/// The dialect of hailed trucks: users choose a driver, who has half a minute to answer.
public enum Toota {
    /// The name of its blueprint; routes are `toota.…`. It is the channel of its jobs, too.
    public static let name = "toota"
}
