/// # Wire
///
/// What every module needs in order to talk about bytes on a wire: integers whose byte order is part
/// of their type, Ethernet addresses, the numbers of ports and queues, EtherTypes and IP protocol
/// numbers, and the Internet checksum. No I/O and no state.
///
/// Read in this order: `ByteOrder.swift`, `EthernetAddress.swift`, `PortNumbers.swift`,
/// `Protocols.swift`, `Checksum.swift`.
