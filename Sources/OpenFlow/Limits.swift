/// The bounds of this module. What is beyond them is refused with an error that says so.
enum Limits {
    /// Lists of actions within lists of actions.
    static let actionNesting = 8
    /// Actions in one list: OpenFlow's 64 kB for a message hold no more than 8192 of them.
    static let actionsInList = 8192
    /// Bytes of a message: what its header's length can say.
    static let message = 65535
    /// Members of a bundle; what is named beyond them is left out.
    static let bundleMembers = 2048
    /// Buckets of a group: as many as a message of 64 kB holds of the smallest ones.
    static let bucketsInGroup = 4094
    /// Bands of a meter: as many as a message of 64 kB holds.
    static let bandsInMeter = 4094
    /// Mappings of tunnel options in one list: as many as there are fields tun_metadataN.
    static let tlvMappings = 64
    /// Forms of matches, and of each the lists of actions, that are remembered while flow mods come; what takes more bytes is not remembered.
    static let rememberedForms = 64
    static let rememberedLists = 16
    static let rememberedBytes = 256
    /// Bytes of a selection method's name.
    static let selectionMethodBytes = 15
}
