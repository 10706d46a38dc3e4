import Foundation
import TestSupport
import Testing

extension HostTests {
    /// The command line beside that of the real ovs-vswitchd.
    @Suite(.serialized) struct CommandLineTests {
        /// What OVS refuses is refused with the same sentence.
        @Test func mistakesAreToldLikeOVS() async throws {
            let folder = FileManager.default.temporaryDirectory.path
            let mistakes = [
                ["a", "b"], ["--foo"], ["--detach=3"], ["--no"], ["--ver=3"], ["--unixctl"], ["--help="], ["-Q"], ["-hQ", "-Q"], ["-VQ"], ["-c"], ["--", "a", "b"], ["-vfoo"],
                ["-vbridge:foo:dbg"], ["--verbose=dbg:info"], ["-v", "PATTERN:foo:x", "-Q"], ["-vPATTERN:foo:x"], ["-vPATTERN"], ["-vFACILITY:foo"], ["-vconsole:syslog"],
                ["-vbridge:rconn"], ["--syslog-method=foo"], ["--dpdk"], ["--dpdk", "-c", "0x1"], ["--user=no-such-user"], ["--user=root:no-such-group"], ["--user=:no-such-group"],
                ["--pidfile=/x/y", "--user=no-such-user"], ["--enable-dummy=foo"], ["--version", "--foo"], ["--pidfile=" + folder],
                ["-vconsole:off", "--log-file=/none/log"],
            ]
            for mistake in mistakes {
                // Nothing that the programs share is there for them, and OVS would go on without a database.
                func run(_ program: String) async throws -> CommandResult {
                    try await command("env", ["OVS_RUNDIR=\(folder)/none", "OVS_SYSLOG_METHOD=null", program] + mistake, seconds: 20)
                }
                let ours = try await run(executable("needletaild")), theirs = try await run("ovs-vswitchd")
                #expect(theirs.status == (mistake.contains("--version") || mistake[0].hasPrefix("-h") || mistake[0].hasPrefix("-V") ? 0 : 1), "\(mistake)")
                #expect(ours.status == theirs.status, "\(mistake)")
                #expect(messages(ours.errors.replacing("needletaild:", with: "ovs-vswitchd:")) == messages(theirs.errors), "\(mistake)")
            }
        }

        /// Scripts take the version from the end of the first line, behind the parenthesis.
        @Test func versionHasOVSsForm() async throws {
            for program in [executable("needletaild"), "ovs-vswitchd"] {
                for option in ["--version", "-V", "--vers"] {
                    let result = try await command(program, [option])
                    #expect(result.status == 0)
                    #expect(lines(result.output).first?.wholeMatch(of: /[a-z-]+ \([A-Z][A-Za-z ]+\) \d+\.\d+\.\d+/) != nil, "\(result.output)")
                }
            }
        }

        /// It is tried again and again.
        @Test func withoutAFileTheDatabaseIsLookedFor() async throws {
            for (arguments, place) in [([], "unix:/r/db.sock"), (["tcp:127.0.0.1:1"], "tcp:127.0.0.1:1")] {
                let result = try await command("env", ["OVS_RUNDIR=/r", executable("needletaild"), "--run-for=6"] + arguments)
                #expect(result.status == 0)
                let told = messages(result.errors).filter { $0.hasPrefix(place + ": ") }
                #expect(told.starts(with: ["\(place): connecting...", "\(place): connection attempt failed (\(place.hasPrefix("unix") ? "No such file or directory" : "Connection refused"))"]), "\(result.errors)")
                #expect(told.filter { $0 == "\(place): connecting..." }.count >= 2, "\(result.errors)")
            }
            let wrong = try await command(executable("needletaild"), ["nowhere"])
            #expect(wrong.status == 1 && wrong.errors.hasPrefix("needletaild: "), "\(wrong.errors)")
        }
    }
}
