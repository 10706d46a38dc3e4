import Datapath
import Flow
import Wire
import CDPDK
import Glibc
func go() throws {
let a = CommandLine.arguments
let pcap = a[1]; let nmasks = Int(a[2])!; let smc = a[3] == "1"; let emcp = UInt32(a[4])!
let args = ["x","--in-memory","-a","0000:00:00.0","--lcores","0@0","--log-level","4"]
var argv: [UnsafeMutablePointer<CChar>?] = args.map { unsafe strdup($0) }
let rc = unsafe rte_eal_init(Int32(args.count), &argv); print("eal", rc)
scratchPool = unsafe rte_pktmbuf_pool_create("p", 131071, 512, 0, 2176, 0)
var st = DatapathSettings(); st.smcEnabled = smc; st.emcInsertInverseProbability = emcp
let d = try unsafe DPIFNetdev(settings: st, pool: scratchPool!)
func add(_ n: String, _ da: String) throws -> ODPPort { try d.portAdd(DPPortRequest(name: n, type: "dpdk", options: ["dpdk-devargs": da])) }
let p1 = try add("p1", "net_pcap0,rx_pcap=\(pcap),infinite_rx=1")
let p2 = try add("p2", "net_null1,no-rx=1")
// masks: nwSrc prefix length by i & more
for i in 0..<nmasks {
  var k = FlowKey(), m = FlowMask()
  k.l0.inPort = p1.number; m.l0.inPort = .max
  if nmasks > 1 { m.l0.nwSrc = BE32(UInt32.max << UInt32(0)); k.l0.nwSrc = BE32(0x0a000000 + UInt32(i)); m.l0.dpHash = UInt32(i) } 
  _ = try d.flowPut(DPFlowPut(pmd: 0, key: k, mask: m, actions: [.output(p2)]), waiting: nil)
}
d.barrier()
sleep(1)
func drain() { _ = d.receiveUpcalls(limit: 100000) { u in _ = u.takePacket() } }
drain()
let s0 = d.pmdStats()[0].stats
var c0 = timespec(); unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &c0); let t0 = rte_rdtsc()
sleep(2)
let s1 = d.pmdStats()[0].stats; let t1 = rte_rdtsc(); var c1 = timespec(); unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &c1); let cpu = Double(c1.tv_sec-c0.tv_sec)+Double(c1.tv_nsec-c0.tv_nsec)*1e-9
let n = Double(s1.rxPackets - s0.rxPackets)
print("cpu-cyc/pkt", cpu*Double(rte_get_tsc_hz())/n, "cyc/pkt", Double(t1-t0)/n, "Mpps", n/2e6, "emc", Double(s1.emcHits-s0.emcHits)/n, "smc", Double(s1.smcHits-s0.smcHits)/n, "mega", Double(s1.megaflowHits-s0.megaflowHits)/n, "lost", Double(s1.upcallsLost-s0.upcallsLost)/n, "sub", Double(s1.subtableLookups-s0.subtableLookups)/n)
print(d.portStats(p1)!, d.portStats(p2)!)
exit(0)
}
try go()
