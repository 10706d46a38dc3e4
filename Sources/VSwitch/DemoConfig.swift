import Foundation

/// The configurations that are built in.
public enum DemoConfig {
    /// config/demo.yaml; a test compares them.
    public static let replay = #"""
    # Needletail's demo: the traffic of real hosts, replayed for ever through a learning bridge.
    #
    #     needletail demo                     (the same configuration is built in)
    #     needletaild --config config/demo.yaml --run-for 10
    #
    # The captures were taken between two clients and a server; config/make-demo-capture makes them anew.

    datapath:
      # One thread that does nothing but forward packets. Without this line: the last core that the process may use.
      # pmd-cores: [1]
      smc: true

    bridges:
      br0:
        # standalone: what no flow below decides is forwarded as by any switch that learns (priority=0,actions=NORMAL).
        fail-mode: standalone
        ports:
          # What the clients send, and what the server sends back. Frames that leave by these ports are counted and dropped.
          clients: { type: dpdk, devargs: "net_pcap0,rx_pcap=demo.pcap,infinite_rx=1", of-port: 1 }
          server:  { type: dpdk, devargs: "net_pcap1,rx_pcap=demo-servers.pcap,infinite_rx=1", of-port: 2 }
          # A collector that takes copies; it never sends, and nothing is flooded to it.
          collector: { type: dpdk, devargs: "net_null2,no-rx=1", of-port: 3, no-flood: true }
        # One flow a line, in the syntax of ovs-ofctl(8).
        flows: |
          # Telnet is not welcome, neither by IPv4 nor by IPv6.
          priority=100,tcp,tp_dst=23,actions=drop
          priority=100,tcp6,tp_dst=23,actions=drop
          # DNS goes its way, and the collector gets a copy.
          priority=90,udp,tp_dst=53,actions=output:collector,NORMAL
          priority=90,udp6,tp_dst=53,actions=output:collector,NORMAL
          # Web pages are marked for low delay (DSCP 26).
          priority=80,tcp,tp_src=80,actions=mod_nw_tos:104,NORMAL
          # What is tagged with VLAN 10 goes to the collector only, without its tag.
          priority=70,dl_vlan=10,actions=strip_vlan,output:collector

    """#

    /// Two tap ports on a learning bridge, for two network namespaces.
    public static let taps = #"""
    bridges:
      br0:
        ports:
          tap-red: { type: tap, mac: "02:00:00:00:01:01" }
          tap-blue: { type: tap, mac: "02:00:00:00:01:02" }

    """#

    /// The folder that holds the demo's captures: `config` below the working directory, beside the program or above it (as in
    /// a build), or where `make install` puts it. nil: nowhere.
    public static func folder(program: String) -> String? {
        var candidates = ["config"]
        var place = URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent()
        for _ in 0..<5 {
            candidates.append(place.appendingPathComponent("config").path)
            candidates.append(place.appendingPathComponent("share/needletail").path)
            place.deleteLastPathComponent()
        }
        return candidates.first { folder in
            ["demo.pcap", "demo-servers.pcap"].allSatisfy { FileManager.default.isReadableFile(atPath: folder + "/" + $0) }
        }
    }
}
