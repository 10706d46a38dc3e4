import Datapath
import NetDev
import Wire

/// What a switch needs of its datapath besides the `DPIF`: time, sleep, settings and the counters of its threads.
///
/// Owner: the ofproto thread.
public protocol SwitchDatapath: AnyObject {
    var dpif: any DPIF { get }
    /// The datapath behind `dpif`, for what is asked of its threads and queues.
    var netdev: DPIFNetdev { get }
    /// Its type in OVS's sense, which is half of its name.
    var type: String { get }
    /// Milliseconds of the datapath's clock; never goes back.
    var now: Int64 { get }
    /// Cycles of the time stamp counter in a second.
    var hertz: UInt64 { get }
    /// Wakes the ofproto thread when upcalls come, and for whoever else has something for it.
    var waker: Waker { get }
    /// The ofproto thread is about to sleep by the waker for so long. Returns for how long it may: 0 if upcalls are there.
    func announceSleep(milliseconds: Int32) -> Int32
    /// Carries out those settings that can be changed while packets flow.
    func change(_ config: DatapathConfig) throws(DPIFError)
    /// What the PMDs of each core have counted since the start, also where there is none any more; `core` is nil for PMDs without threads.
    func pmdStats() -> [(core: Int?, isRunning: Bool, stats: PMDStats)]
    /// Different masks of megaflows, for each input port and thread.
    var subtableCount: Int { get }
    /// Its PMDs have no threads, so that `turn` is to be called.
    var isThreadless: Bool { get }
    /// Without threads: everything takes a turn at the present time. Returns whether something was done, so that there may be more.
    func turn() -> Bool
    /// Ports that are removed from now on leave interfaces behind that outlast the switch (or, again, do not).
    func leaveInterfaces(_ leaves: Bool)
    func close()
}

extension SwitchDatapath {
    public var type: String { "netdev" }
    public var isThreadless: Bool { false }
    public func turn() -> Bool { false }
    public func leaveInterfaces(_ leaves: Bool) {}

    /// The only datapath's name, in the forms of dpctl and of ovs-vswitchd's own tables.
    var name: String { "\(type)@ovs-\(type)" }
    var names: Set<String> { [name, "ovs-\(type)"] }
}
