import Testing
@testable import NetDev

extension NetDevTests {
    @Suite struct EALTests {
        @Test func hugepagesAreUsedWhenThereAreEnough() throws {
            let plan = try EALPlan(EALOptions(), freeHugeMemory: 1024, cpus: [1, 3])
            #expect(plan.hugepages && plan.memory == 1024)
            #expect(plan.arguments == [
                "--lcores", "0@1", "-a", "0000:00:00.0", "--log-level", "warning", "--no-telemetry", "--in-memory",
            ])
            let plain = try EALPlan(EALOptions(), freeHugeMemory: 64, cpus: [0])
            #expect(!plain.hugepages && plain.memory == Limits.defaultPlainMemory)
            #expect(plain.arguments.suffix(4) == ["--no-shconf", "--no-huge", "-m", "512"])
        }

        @Test func socketMemoryDecidesHowMuchIsEnough() throws {
            var options = EALOptions()
            options.socketMemory = [1024, 0]
            #expect(try EALPlan(options, freeHugeMemory: 512, cpus: [0]).hugepages == false)
            let plan = try EALPlan(options, freeHugeMemory: 2048, cpus: [0])
            #expect(plan.arguments.suffix(2) == ["--socket-mem", "1024,0"])
        }

        @Test func extraArgumentsReplaceTheChosenOnes() throws {
            var options = EALOptions()
            options.extraArguments = ["--log-level=debug", "-l", "2", "--no-huge", "-m256", "-a", "0000:01:00.0", "--in-memory"]
            let plan = try EALPlan(options, freeHugeMemory: 4096, cpus: [0])
            #expect(!plan.hugepages)
            #expect(plan.arguments == [
                "--no-telemetry", "--no-shconf", "--log-level=debug", "-l", "2", "--no-huge", "-m256", "-a", "0000:01:00.0",
            ])
        }

        @Test(arguments: ["-h", "--help", "", "a\0b"]) func argumentsThatEndTheProcessAreRefused(_ argument: String) {
            var options = EALOptions()
            options.extraArguments = [argument]
            #expect(throws: EALError.invalidArgument(argument)) { try EALPlan(options, freeHugeMemory: 0, cpus: [0]) }
        }

        @Test func ealStartsOnceAndLeavesTheThreadWhereItWas() throws {
            let before = try Affinity.current()
            let info = try Environment.info.get()
            #expect(info.version.hasPrefix("DPDK "))
            #expect(!info.hugepages)
            #expect(EAL.info?.arguments == info.arguments)
            #expect(throws: EALError.alreadyStarted) { try EAL.start() }
            #expect(try Affinity.current() == before)
        }
    }
}
