import CLinux
import Flow
import NetDev
import Wire
import CDPDK
struct NetdevRequest { var name: String; var type: String; var options: [String:String]; var mtu: Int?; var ethernetAddress: EthernetAddress?; var txQueueCount = 1
  init(name: String, type: String, options: [String: String]) { self.name=name; self.type=type; self.options=options } }
struct NetdevError: Error { var description: String { "x" } }
protocol Netdev: AnyObject { var rxQueueCount: Int {get}; var txQueueCount: Int {get}; func rxQueue(_ q: Int) -> RxQueue; func txQueue(_ q: Int) -> TxQueue; var mtu: Int {get}; var ethernetAddress: EthernetAddress {get}; var linkUp: Bool {get}; var linkSpeed: Int {get}; func close(); var statistics: St {get} }
struct St { var driver: [(name: String, value: UInt64)] = [] }
final class DD: Netdev { let p: UInt16; init(_ p: UInt16) { self.p = p }
  var rxQueueCount: Int { 1 }; var txQueueCount: Int {1}
  func rxQueue(_ q: Int) -> RxQueue { RxQueue(.dpdk(port: p, queue: 0)) }
  func txQueue(_ q: Int) -> TxQueue { TxQueue(.dpdk(port: p, queue: 0)) }
  var mtu: Int { 1500 }; var ethernetAddress: EthernetAddress { .zero }; var linkUp: Bool { true }; var linkSpeed: Int { 0 }; func close() {}; var statistics: St { St() } }
nonisolated(unsafe) public var scratchPool: OpaquePointer? = nil
func openNetdev(_ r: NetdevRequest) throws(NetdevError) -> any Netdev {
  let d = r.options["dpdk-devargs"]!
  let rc = unsafe rte_dev_probe(d); if rc != 0 { throw NetdevError() }
  var p: UInt16 = 0
  let n = String(d.split(separator: ",")[0])
  _ = unsafe rte_eth_dev_get_port_by_name(n, &p)
  var conf = unsafe rte_eth_conf()
  _ = unsafe rte_eth_dev_configure(p, 1, 1, &conf)
  _ = unsafe rte_eth_rx_queue_setup(p, 0, 512, 0, nil, scratchPool)
  _ = unsafe rte_eth_tx_queue_setup(p, 0, 512, 0, nil)
  let s = rte_eth_dev_start(p)
  print("port", p, n, s)
  return DD(p)
}
func registerThread(cpu: Int) -> Int { var set = cpu_set_t(); 
  unsafe withUnsafeMutableBytes(of: &set) { unsafe $0[cpu/8] |= UInt8(1 << (cpu%8)) }
  _ = nl_pin(Int32(cpu)); return Int(rte_thread_register())
  return Int(rte_thread_register()) }
func unregisterThread() { rte_thread_unregister() }
import Glibc
extension DPIFNetdev { 
    public func meterSet(_ meter: UInt32, _ config: DPMeterConfig) throws(DPIFError) {}
    public func meterStats(_ meter: UInt32) -> DPMeterStats? { nil }
    public func meterDelete(_ meter: UInt32) {}
}
