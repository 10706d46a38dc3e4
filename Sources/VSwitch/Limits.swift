/// The bounds of a configuration, and what happens when one is reached: the file is refused with the line that is
/// too much. And those of the control socket.
enum Limits {
    /// Bytes of a configuration file: about 200,000 flows of 80 bytes.
    static let fileBytes = 16 << 20
    /// Mappings and lists within each other. The deepest that has a meaning is 7: the settings of a bond's interface.
    static let depth = 16
    /// Nodes of the YAML tree. The flows of a text block are one node.
    static let nodes = 1 << 20
    /// Bridges in a file.
    static let bridges = 64
    /// Ports of all bridges; datapath port numbers are below 1024.
    static let ports = 1000
    /// Queues of a port in a file.
    static let queues = 4096
    /// Flows of one bridge.
    static let flows = 1_000_000
    /// Bytes of one flow's text.
    static let flowBytes = 64 << 10
    /// Bytes of a bridge's or a port's name.
    static let nameBytes = 63
    /// Bytes of a kernel interface's name (IFNAMSIZ − 1, netdevice(7)).
    static let interfaceNameBytes = 15
    /// The MTU of internal ports of a bridge that has no others any more.
    static let defaultMTU = 1500
    /// Milliseconds of a configuration's steps until upcalls are answered, and how many of them.
    static let longestSteps: Int64 = 5
    static let upcallsBetweenSteps = 32
    /// Characters of the file that an error message quotes.
    static let quoted = 48
    /// Characters of another parser's sentence in a message.
    static let sentence = 200
    /// Extra arguments for EAL.
    static let ealArguments = 64
    /// PMD threads.
    static let pmds = 64
    /// Microseconds of a PMD's sleep, and of a packet's waiting to be sent. A longer one is this.
    static let maxSleep = 10_000
    static let txFlushInterval = 1_000_000
    /// NUMA nodes of a machine.
    static let numaNodes = 128
    /// The highest number of a CPU core.
    static let core = 1023
    /// Megaflows that a report names.
    static let busiestFlows = 10

    /// Controllers of one bridge.
    static let controllers = 64
    /// NetFlow collectors of one bridge.
    static let netFlowTargets = 16
    /// Bytes that wait for a controller that does not read. Then the connection is closed.
    static let controllerBacklog = 64 << 20
    /// Bytes that wait for a database server that does not read. Then the connection is closed.
    static let databaseBacklog = 64 << 20

    // Databases

    /// Milliseconds between two looks at what a database is told of links and the like.
    static let statusInterval: Int64 = 500
    /// Megaflows that flow-limit may allow; a greater number counts as this one.
    static let megaflows = 1 << 20
    /// Milliseconds that a row may ask for as a time to wait: a day. More counts as this.
    static let longestTime: Int64 = 86_400_000

    // The control socket

    /// Clients at a time. A further one is closed.
    static let commandConnections = 64
    /// Commands of all clients that wait for the ofproto thread: each client's unhandled ones, and what came in with the last of them. A
    /// client whose command does not fit is closed.
    static let commandMailbox = 1 << 14
    /// Bytes of one command. A client that sends more is closed.
    static let commandBytes = 1 << 20
    /// Bytes of an answer's text: half a million megaflows. A longer one becomes an error.
    static let replyBytes = 128 << 20
    /// Bytes of answers that wait for a client: one of the greatest length with all its line ends escaped. Then the client is closed.
    static let commandBacklog = 160 << 20
    /// Places of the megaflow table that are looked at in one turn of a dump.
    static let dumpSlice = 256
    /// Actions within actions that the datapath's syntax may have.
    static let sampleNesting = 10
    /// Arguments of ofproto/trace.
    static let traceArguments = 16
    /// Bytes of payload in a packet that ofproto/trace makes up.
    static let tracePayload = 64_000
    /// Levels of lines within lines in a trace as JSON, each of which is two of JSON's; what is deeper stands behind. Parsers stop at about a thousand.
    static let traceLevels = 200

    // A switch for tests (`--enable-dummy`)

    /// MB for DPDK, unless the configuration says otherwise.
    static let dummyMemory = 64
    /// Packets that there are. With more under way than that, some are dropped and counted.
    static let dummyPackets = 8192
    /// Turns that are taken for what is under way before the next command, however much is left then: packets may go round for ever.
    static let settlingTurns = 1 << 12
    /// Milliseconds that the clock is moved on by one command: some hundred years. More is as good as that.
    static let warp: Int64 = 1 << 42
    /// Bytes that wait on a dummy port's wire for a peer that does not read. Further frames are lost.
    static let wireBacklog = 4 << 20

    // The log

    /// Specifications of a `vlog/set`, or modules of a command.
    static let logSpecs = 1024
    /// The width that a field of a pattern may ask for.
    static let logField = 256
    /// Bytes of a time in a pattern; a longer one becomes empty.
    static let logTime = 256
    /// Lines a minute, or at once, that a place in the source may ask for.
    static let logRate = 60_000
}
