/// The version that `needletaild --version` and `ovs-appctl version` name.
public let softwareVersion = "0.1.0"
/// The version of Open vSwitch that the switch takes the place of.
let openVSwitchVersion = "3.1.0"
