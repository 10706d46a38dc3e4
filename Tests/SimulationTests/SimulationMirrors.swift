import Datapath
import NetDev
@testable import OFProto

// What an operator does to mirrors and cables.
extension Simulation {
    /// A bridge gets other mirrors, or none.
    func changeMirrors(_ bridge: Int) {
        setMirrors(random.mirrors(for: state.bridges[bridge]), bridge)
    }

    func setMirrors(_ mirrors: [RefMirror], _ bridge: Int) {
        state.bridges[bridge].mirrors = mirrors
        do throws(DPIFError) {
            try ofproto.bridge(named: state.bridges[bridge].name)?.configureMirrors(state.bridges[bridge].mirrors.map(\.settings))
        } catch { fail("\(error)") }
        noteState()
    }

    /// A link goes down or comes up again; the switch finds out by itself.
    func flapLink(_ bridge: Int) {
        let real = state.bridges[bridge].ports.indices.filter { state.bridges[bridge].ports[$0].peer == nil }
        guard !real.isEmpty else { return }
        let index = random.one(Array(real))
        state.bridges[bridge].ports[index].isLinkUp.toggle()
        let port = state.bridges[bridge].ports[index]
        bondHistory.flapped.insert(port.name)
        netdev(port.name)?.link = NetdevLink(up: port.isLinkUp, speed: 0)
        noteState()
    }
}
