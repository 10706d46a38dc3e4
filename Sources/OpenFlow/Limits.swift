/// The bounds of this module. What is beyond them is refused with an error that says so.
enum Limits {
    /// Lists of actions within lists of actions.
    static let actionNesting = 8
    /// Actions in one list: OpenFlow's 64 kB for a message hold no more than 8192 of them.
    static let actionsInList = 8192
    /// Members of a bundle (ovs-actions(7), bundle).
    static let bundleMembers = 2048
}
