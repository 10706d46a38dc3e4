/// The version that `needletaild --version` and `ovs-appctl version` name.
public let softwareVersion = "0.1.0"
