import Foundation
import TestSupport
import Testing

extension HostTests {
    /// The log and its commands beside those of the real ovs-vswitchd.
    @Suite(.serialized) struct LogTests {
        /// The same commands to both give the same answers, whatever was set before.
        @Test func commandsAnswerLikeOVS() async throws {
            try await DaemonBed.with { bed, outer in
                #expect(try await bed.start([]).status == 0)
                let peer = try await OVSPeer(outer, ["add-br br0", "set bridge br0 datapath_type=netdev"])
                // Neither writes to a console; one was never asked for.
                for arguments in [["vlog/set", "console:off"], ["vlog/set", "syslog:off"]] {
                    #expect(try await peer.ask(arguments).status == 0)
                    #expect(try await bed.ask(arguments[0], arguments[1]).status == 0)
                }
                let commands = [
                    ["vlog/list"], ["vlog/list-pattern"], ["vlog/set", "foo"], ["vlog/set", "foo:bar"], ["vlog/set", "dbg:info"], ["vlog/set", "PATTERN:foo:x"], ["vlog/set", "PATTERN"],
                    ["vlog/set", "PATTERN:file"], ["vlog/list-pattern"], ["vlog/set", "FACILITY:foo"], ["vlog/set", "FACILITY"], ["vlog/set", "FACILITY:local1"], ["vlog/set", "bridge:foo"],
                    ["vlog/set", "console:syslog"], ["vlog/set", "bridge:rconn"], ["vlog/set", "ANY:file:dbg"], ["vlog/list"], ["vlog/set", "bridge,file,warn"], ["vlog/set", "RCONN off"],
                    ["vlog/list"], ["vlog/set", "bridge:console:emer", "rconn:console:err", "foo", "ofproto:console:info"], ["vlog/list"], ["vlog/set", "PATTERN:any:%m"],
                    ["vlog/set", "PATTERN:console:%D{%H:%M}|%m"], ["vlog/list-pattern"], ["vlog/set", "PATTERN:SYSLOG:%c:%p"], ["vlog/list-pattern"], ["vlog/set", "off"], ["vlog/list"],
                    ["vlog/set"], ["vlog/list"], ["vlog/set", ""], ["vlog/set", "ofproto-dpif:console:info"], ["vlog/list"], ["vlog/enable-rate-limit", "foo"], ["vlog/enable-rate-limit", "bridge"],
                    ["vlog/disable-rate-limit"], ["vlog/disable-rate-limit", "rconn", "zz"], ["vlog/enable-rate-limit"], ["vlog/close"], ["vlog/close", "x"], ["vlog/list", "x"],
                ]
                for command in commands {
                    let ours = try await bed.ask(command), theirs = try await peer.ask(command)
                    #expect(ours.status == theirs.status && withoutDPDK(ours.output) == withoutDPDK(theirs.output), "\(command)")
                    #expect(lines(ours.errors).first == lines(theirs.errors).first, "\(command)")
                }
                let usages = try await (ours: usages(bed.ask("list-commands").output), theirs: usages(peer.ask(["list-commands"]).output))
                for name in ["vlog/set", "vlog/list", "vlog/list-pattern", "vlog/close", "vlog/reopen", "vlog/enable-rate-limit", "vlog/disable-rate-limit", "version", "exit", "coverage/show",
                    "coverage/read-counter", "memory/show", "list-commands"] {
                    #expect(usages.ours[name] != nil && usages.ours[name] == usages.theirs[name], "\(name)")
                }
                // The events that both count are told alike.
                func rows(_ text: String) -> Set<String> { TextShape(text, ports: []).kinds.filter { $0.hasPrefix("unixctl_") || $0.hasPrefix("Event") || $0.hasSuffix("hit") } }
                let coverage = try await (bed.ask("coverage/show").output, peer.ask(["coverage/show"]).output)
                #expect(hashless(rows(coverage.0)) == hashless(rows(coverage.1)) && rows(coverage.0).count == 4, "\(coverage)")
                for counter in ["datapath_drop_meter", "datapath_drop_upcall_error"] {
                    #expect(try await bed.ask("coverage/read-counter", counter).output == peer.ask(["coverage/read-counter", counter]).output)
                }
            }
        }

        /// OVS has these modules only if it was built with DPDK.
        private func withoutDPDK(_ text: String) -> [String] {
            lines(text).filter { line in !["netdev_dpdk ", "netdev_offload_dpdk "].contains { line.hasPrefix($0) } }
        }

        private func hashless(_ rows: Set<String>) -> Set<String> { Set(rows.map { $0.replacing(/hash=.*/, with: "") }) }

        private func usages(_ list: String) -> [String: String] {
            Dictionary(lines(list).dropFirst().map { line in
                let words = line.drop { $0 == " " }.split(separator: " ", maxSplits: 1)
                return (String(words[0]), words.count > 1 ? String(words[1].drop { $0 == " " }) : "")
            }, uniquingKeysWith: { first, _ in first })
        }

        /// A line's fields, each as a pattern asks for it.
        @Test func patternsAreFollowed() async throws {
            try await DaemonBed.with { bed, _ in
                let pattern = "%z|%5N|%-8p|%08r|%A|%t|%E|%D{%Y.####}|%d|%c%T|%P|%B|%%|%m"
                #expect(try await bed.start(["-vPATTERN:file:" + pattern, "-vsyslog:off"]).status == 0)
                let pid = try #require(bed.pid)
                let host = contents("/proc/sys/kernel/hostname").trimmingCharacters(in: .newlines)
                // The file is opened before the pattern is known.
                let written = lines(contents(bed.log)), number = "\(written.count)"
                let fields = try #require(written.last).split(separator: "|", omittingEmptySubsequences: false).map(String.init)
                try #require(fields.count == 14, "\(fields)")
                #expect(fields[0] == "z" && fields[1] == String(repeating: " ", count: 5 - number.count) + number && fields[2] == "INFO    ", "\(fields)")
                #expect(fields[3].wholeMatch(of: /\d{8}/) != nil)
                #expect(fields[4...6] == ["needletaild", "main", host])
                #expect(fields[7].wholeMatch(of: /\d{4}\.\d{3}0/) != nil)
                #expect(fields[8].wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/) != nil)
                // local0 is 16, INFO is a notice, 5 (RFC 5424, section 6.2.1).
                #expect(fields[9...13] == ["bridge", "\(pid)", "\(16 * 8 + 5)", "%", "needletaild (Needletail) 0.1.0"])
            }
        }

        /// A file that was renamed is left alone after `vlog/reopen` and after SIGHUP.
        @Test(arguments: [false, true]) func theFileIsReopened(bySignal: Bool) async throws {
            try await DaemonBed.with { bed, _ in
                #expect(try await bed.start([]).status == 0)
                let old = bed.log + ".1"
                try FileManager.default.moveItem(atPath: bed.log, toPath: old)
                if bySignal { kill(try #require(bed.pid), SIGHUP) } else { #expect(try await bed.ask("vlog/reopen").status == 0) }
                try await until("there is a new file") { FileManager.default.fileExists(atPath: bed.log) }
                #expect(lines(contents(old)).last?.hasSuffix("|vlog|INFO|closing log file") ?? false)
                try await until("the file is begun") { bed.logged.first == "vlog|INFO|opened log file \(bed.log)" }
                #expect(try await bed.ask("vlog/close").status == 0)
                let last = contents(bed.log)
                #expect(last.hasSuffix("|vlog|INFO|closing log file\n"))
                kill(try #require(bed.pid), SIGTERM)
                try await until("the daemon has ended") { bed.pid == nil }
                #expect(contents(bed.log) == last)
            }
        }

        /// What goes to a syslog daemon's socket has the line's beginning from the log itself.
        @Test func syslogGetsDatagrams() async throws {
            try await DaemonBed.with { bed, outer in
                let path = bed.folder + "/log.sock", got = bed.folder + "/log.txt"
                let listener = "import socket, sys; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.settimeout(30); s.bind(sys.argv[1]); open(sys.argv[2], 'wb').write(s.recv(4096))"
                _ = try outer.spawn("/usr/bin/python3", ["-c", listener, path, got])
                try await until("the listener is there") { FileManager.default.fileExists(atPath: path) }
                #expect(try await bed.start(["--syslog-method=unix:" + path]).status == 0)
                try await until("a datagram came") { !contents(got).isEmpty }
                // daemon is 3, a notice 5.
                #expect(contents(got).wholeMatch(of: /<29> [A-Z][a-z]{2} [ 0-9]\d \d\d:\d\d:\d\d \S+ needletaild: ovs\|\d{5}\|ovs_numa\|INFO\|Discovered \d+ CPU cores on NUMA node 0/) != nil, "\(contents(got))")
            }
        }
    }
}

extension DaemonBed {
    fileprivate func ask(_ arguments: [String]) async throws -> CommandResult {
        try await command("env", environment + ["ovs-appctl", "-T", "50", "-t", "needletaild"] + arguments)
    }
}
