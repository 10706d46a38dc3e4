import Datapath
import NetDev
import OFProto
import Wire

// What bridges' own ports take from the others: their addresses, and the MTU of internal ones.

extension Switch {
    /// Gives each local port its address: what the configuration says, or the least that its bridge's ports have, or one of its own. Fake bridges get theirs in the same way.
    func settleAddresses() {
        defaultAddresses = defaultAddresses.filter { ofproto.bridge(named: $0.key) != nil }
        for config in running.bridges {
            guard let bridge = ofproto.bridge(named: config.name) else { continue }
            for port in config.ports where port.kind.isInternal && (port.ofPort == .local || port.settings.isFakeBridge) {
                guard let opened = bridge.port(named: port.name) else { continue }
                let chosen = port.ofPort == .local ? localAddress(of: bridge, opened, port, config) : fakeAddress(of: bridge, port, config)
                guard let chosen, chosen != bridge.ethernetAddress(of: opened) else { continue }
                do throws(DPIFError) { try bridge.setEthernetAddress(chosen, of: opened) } catch {
                    VLog.shared.log("bridge", .error, "bridge \(bridge.name): failed to set bridge Ethernet address: \(error)")
                }
            }
        }
    }

    private func localAddress(of bridge: Bridge, _ opened: BridgePort, _ port: PortConfig, _ config: BridgeConfig) -> EthernetAddress {
        // What the device came with is as good as any, if it is not what another port once gave it.
        let given = bridge.ethernetAddress(of: opened)
        let own = defaultAddresses[bridge.name] ?? (port.ethernetAddress == nil && !given.isOfManufacturer ? given : bridge.randomAddress)
        defaultAddresses[bridge.name] = own
        return port.ethernetAddress ?? leastAddress(of: bridge, config) ?? own
    }

    private func fakeAddress(of bridge: Bridge, _ port: PortConfig, _ config: BridgeConfig) -> EthernetAddress? {
        port.ethernetAddress == nil ? leastAddress(of: bridge, config, of: port.settings) ?? defaultAddresses[bridge.name] : nil
    }

    /// The least address that a port has and that a manufacturer gave; of a bond that of its first interface by name. Ports that mirrors have for themselves do not count.
    /// - Parameter fake: a fake bridge's settings: only ports of the same VLAN count.
    private func leastAddress(of bridge: Bridge, _ config: BridgeConfig, of fake: BundleConfig? = nil) -> EthernetAddress? {
        let outputs = config.mirrors.compactMap { if case .port(let name) = $0.output { name } else { nil } }
        let bonds = Dictionary(config.bonds.map { ($0.name, $0.settings) }, uniquingKeysWith: { $1 })
        var first: [String: PortConfig] = [:]
        for port in config.ports {
            let name = port.bond ?? port.name
            first[name] = first[name].map { $0.name < port.name ? $0 : port } ?? port
        }
        var least: EthernetAddress?
        for (name, port) in first where !outputs.contains(name) {
            let settings = bonds[name] ?? port.settings
            if let tag = fake?.tag, tag != 0, settings.tag != tag { continue }
            guard let address = settings.ethernetAddress ?? (port.ofPort == .local ? nil : address(of: port, bridge)), address.isOfManufacturer else { continue }
            if least.map({ address.number < $0.number }) ?? true { least = address }
        }
        return least
    }

    /// nil: the port has no device.
    private func address(of port: PortConfig, _ bridge: Bridge) -> EthernetAddress? {
        device(of: port, bridge)?.ethernetAddress
    }

    private func device(of port: PortConfig, _ bridge: Bridge) -> (any Netdev)? {
        bridge.port(named: port.name)?.odpPort.flatMap { datapath.netdev.netdev($0) }
    }

    // MTUs

    /// Internal ports that ask for no MTU follow the least one of their bridge's other ports, whenever that changes, and never have a greater one.
    func settleMTUs() {
        leastMTUs = leastMTUs.filter { ofproto.bridge(named: $0.key) != nil }
        for config in running.bridges {
            guard let bridge = ofproto.bridge(named: config.name) else { continue }
            let followers = config.ports.filter(follows)
            let others = config.ports.lazy.filter { !self.follows($0) }.compactMap { self.device(of: $0, bridge)?.mtu }
            guard let least = others.min() ?? leastMTUs[bridge.name].map({ _ in Limits.defaultMTU }) else { continue }
            let isNew = leastMTUs.updateValue(least, forKey: bridge.name) != least
            for port in followers {
                guard let opened = bridge.port(named: port.name), let device = device(of: port, bridge), isNew || device.mtu > least else { continue }
                do throws(DPIFError) { try bridge.setMTU(least, of: opened) } catch {
                    VLog.shared.log("ofproto", .warning, "\(bridge.name): cannot set the MTU of \(port.name) to \(least): \(error)")
                }
            }
        }
    }

    /// Internal ports and those of the same class, which is that of taps, but for dummies.
    private func follows(_ port: PortConfig) -> Bool {
        port.mtu == nil && (port.kind == .internal || port.kind == .patch || port.kind == (datapath.isThreadless ? .dummyInternal : .tap))
    }
}

extension EthernetAddress {
    /// It may name a bridge: no group's, no administrator's, no protocol's.
    fileprivate var isOfManufacturer: Bool { !isMulticast && !isLocal && !isReserved && !isZero }
}
