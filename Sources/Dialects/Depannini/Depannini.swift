/// The dialect of roadside assistance in Algeria: clients, assistants, integer ids and paths that end in a slash.
public enum Depannini {
    /// The name of its blueprint; routes are `depannini.…`. It is the channel of its jobs, too.
    public static let name = "depannini"
}
