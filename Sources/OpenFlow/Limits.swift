/// The bounds of this module. What is beyond them is refused with an error that says so.
public enum Limits {
    /// Lists of actions within lists of actions.
    public static let actionNesting = 8
    /// Actions in one list: OpenFlow's 64 kB for a message hold no more than 8192 of them.
    public static let actionsInList = 8192
}
