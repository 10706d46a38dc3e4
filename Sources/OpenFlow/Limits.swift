/// The bounds of this module. What is beyond them is refused with an error that says so.
enum Limits {
    /// Lists of actions within lists of actions.
    static let actionNesting = 8
    /// Actions in one list: OpenFlow's 64 kB for a message hold no more than 8192 of them.
    static let actionsInList = 8192
    /// Bytes of a refused message that an error message quotes (OpenFlow 1.3.5, section 7.5.4, asks for 64 at least).
    static let errorData = 64
    /// Bytes of a message: what its header's length can say.
    static let message = 65535
    /// Members of a bundle (ovs-actions(7), bundle).
    static let bundleMembers = 2048
}
