import Testing
import Wire
@testable import VSwitch

/// Numbers of ports, as ovs-vswitchd 3.1 gave them to the same changes.
@Suite struct PortNumbersTests {
    /// Assigns and prints: "a=1 b=2".
    private func assign(_ numbers: inout PortNumbers, _ ports: String, on bridge: String = "br0") -> String {
        let requests = ports.split(separator: " ").map { text in
            let parts = text.split(separator: "=")
            return PortNumbers.Request(name: String(parts[0]), number: parts.count > 1 ? OFPort(UInt16(parts[1]) ?? 0) : nil)
        }
        return numbers.assign(requests, on: bridge).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.number)" }.joined(separator: " ")
    }

    /// What ovs-vswitchd 3.1.0 gave after each of 70 random changes: ports with what they ask for, and their numbers.
    private static let recorded = """
        f -> f=1
        a=2 f -> a=2 f=1
        a=2 b=6 f -> a=2 b=6 f=1
        a b=6 f -> a=2 b=6 f=1
        a b=6 d f -> a=2 b=6 d=3 f=1
        a b=6 d f g -> a=2 b=6 d=3 f=1 g=4
        a b=6 f g -> a=2 b=6 f=1 g=4
        a b=6 f -> a=2 b=6 f=1
        a f -> a=2 f=1
        a f -> a=2 f=1
        a f g -> a=2 f=1 g=5
        a f g -> a=2 f=1 g=5
        a c f g -> a=2 c=7 f=1 g=5
        a c f g -> a=2 c=7 f=1 g=5
        a b c f g -> a=2 b=8 c=7 f=1 g=5
        a b f g -> a=2 b=8 f=1 g=5
        a b d f g -> a=2 b=8 d=9 f=1 g=5
        a b d f g -> a=2 b=8 d=9 f=1 g=5
        a b d f g -> a=2 b=8 d=9 f=1 g=5
        a b d=11 f g -> a=2 b=8 d=11 f=1 g=5
        a b d=11 f g=8 -> a=2 b=10 d=11 f=1 g=8
        a b d=11 f g=8 h -> a=2 b=10 d=11 f=1 g=8 h=12
        a b f g=8 h -> a=2 b=10 f=1 g=8 h=12
        a b d=2 f g=8 h -> a=2 b=10 d=13 f=1 g=8 h=12
        a b d=2 e f g=8 h -> a=14 b=10 d=2 e=15 f=1 g=8 h=12
        a b d=2 e f g=8 h -> a=14 b=10 d=2 e=15 f=1 g=8 h=12
        a b d=2 e f g=8 h=10 -> a=14 b=16 d=2 e=15 f=1 g=8 h=10
        a d=2 e f g=8 h=10 -> a=14 d=2 e=15 f=1 g=8 h=10
        a d=2 e f h=10 -> a=14 d=2 e=15 f=1 h=10
        a d=2 e h=10 -> a=14 d=2 e=15 h=10
        a d=2 e h=1 -> a=14 d=2 e=15 h=1
        a b=9 d=2 e h=1 -> a=14 b=9 d=2 e=15 h=1
        a b=9 d=2 e f=6 h=1 -> a=14 b=9 d=2 e=15 f=6 h=1
        a b=9 d=2 e f h=1 -> a=14 b=9 d=2 e=15 f=6 h=1
        a b=9 d=2 e f h -> a=14 b=9 d=2 e=15 f=6 h=1
        a b=9 d=2 e f -> a=14 b=9 d=2 e=15 f=6
        a b=8 d=2 e f -> a=14 b=8 d=2 e=15 f=6
        a d=2 e f -> a=14 d=2 e=15 f=6
        a d=2 e f -> a=14 d=2 e=15 f=6
        a d=2 e f h=5 -> a=14 d=2 e=15 f=6 h=5
        a d=2 e f g h=5 -> a=14 d=2 e=15 f=6 g=17 h=5
        a=6 d=2 e f g h=5 -> a=6 d=2 e=15 f=18 g=17 h=5
        a=6 c d=2 e f g h=5 -> a=6 c=19 d=2 e=15 f=18 g=17 h=5
        a=6 c d=2 e f g -> a=6 c=19 d=2 e=15 f=18 g=17
        a=6 c d=3 e f g -> a=6 c=19 d=3 e=15 f=18 g=17
        a=6 c d=7 e f g -> a=6 c=19 d=7 e=15 f=18 g=17
        a=6 c d=7 e f g h -> a=6 c=19 d=7 e=15 f=18 g=17 h=20
        a=6 c d=7 e f g h=9 -> a=6 c=19 d=7 e=15 f=18 g=17 h=9
        a=6 c d=7 f g h=9 -> a=6 c=19 d=7 f=18 g=17 h=9
        a=6 c d=7 f g h=9 -> a=6 c=19 d=7 f=18 g=17 h=9
        a=6 c d=7 e f g h=9 -> a=6 c=19 d=7 e=21 f=18 g=17 h=9
        a=6 c d=7 e f g h=9 -> a=6 c=19 d=7 e=21 f=18 g=17 h=9
        a=6 c d=7 e f h=9 -> a=6 c=19 d=7 e=21 f=18 h=9
        a=6 d=7 e f h=9 -> a=6 d=7 e=21 f=18 h=9
        a=6 c d=7 e f h=9 -> a=6 c=22 d=7 e=21 f=18 h=9
        a=6 c e f h=9 -> a=6 c=22 e=21 f=18 h=9
        a=6 c e f h -> a=6 c=22 e=21 f=18 h=9
        a=6 c=5 e f h -> a=6 c=5 e=21 f=18 h=9
        c=5 e f h -> c=5 e=21 f=18 h=9
        c=5 e f g h -> c=5 e=21 f=18 g=23 h=9
        c=5 e g h -> c=5 e=21 g=23 h=9
        a=8 c=5 e g h -> a=8 c=5 e=21 g=23 h=9
        a=8 c=5 e g=7 h -> a=8 c=5 e=21 g=7 h=9
        a=8 c=5 e h -> a=8 c=5 e=21 h=9
        a=8 c=5 e h -> a=8 c=5 e=21 h=9
        a=8 c=5 e g h -> a=8 c=5 e=21 g=24 h=9
        a=8 b c=5 e g h -> a=8 b=25 c=5 e=21 g=24 h=9
        a=8 b e g h -> a=8 b=25 e=21 g=24 h=9
        a=8 b e f g h -> a=8 b=25 e=21 f=26 g=24 h=9
        a=8 e f g h -> a=8 e=21 f=26 g=24 h=9
        """

    @Test func numbersAreThoseOfOVS() throws {
        var numbers = PortNumbers(), steps = 0
        for line in Self.recorded.split(separator: "\n") {
            let parts = line.split(separator: " -> ", maxSplits: 1)
            let ports = parts.count > 1 ? String(parts[0]) : "", wanted = parts.count > 1 ? String(parts[1]) : ""
            #expect(assign(&numbers, ports) == wanted, "\(line)")
            steps += 1
        }
        #expect(steps == 70)
    }

    @Test func aRequestTakesTheNumberOfOneThatDidNotAskForIt() {
        var numbers = PortNumbers()
        #expect(assign(&numbers, "a b") == "a=1 b=2")
        #expect(assign(&numbers, "a=2 b") == "a=2 b=3")
        // Who gives up a request keeps the number.
        #expect(assign(&numbers, "a b") == "a=2 b=3")
        // A new one that asks for a number in use gets it the next time.
        #expect(assign(&numbers, "a b c=3") == "a=2 b=3 c=4")
        #expect(assign(&numbers, "a b c=3") == "a=2 b=5 c=3")
        // Of two that ask for it the one that has it keeps it.
        #expect(assign(&numbers, "a=3 b=3 c=3") == "a=2 b=5 c=3")
        // Two that ask for the same free one: by their names.
        #expect(assign(&numbers, "a=7 b=7 c=3") == "a=7 b=6 c=3")
    }

    @Test func bridgesHaveNumbersOfTheirOwn() {
        var numbers = PortNumbers()
        #expect(assign(&numbers, "a b") == "a=1 b=2")
        #expect(assign(&numbers, "c", on: "br1") == "c=1")
        numbers.keep(["br1"])
        #expect(assign(&numbers, "d", on: "br1") == "d=2")
        #expect(assign(&numbers, "z") == "z=1")
    }

    @Test func aDeviceThatIsNotThereCostsNoNumber() {
        var numbers = PortNumbers()
        #expect(assign(&numbers, "a") == "a=1")
        #expect(assign(&numbers, "a b") == "a=1 b=2")
        numbers.noteFailure(of: "b", on: "br0")
        #expect(assign(&numbers, "a b c") == "a=1 b=3 c=2")
        numbers.noteFailure(of: "b", on: "br0")
        #expect(assign(&numbers, "a b c d") == "a=1 b=4 c=2 d=3")
        numbers.noteSuccess(of: "b", on: "br0")
        #expect(assign(&numbers, "a b c d e") == "a=1 b=4 c=2 d=3 e=5")
        // One that was removed meanwhile has no number to give back.
        #expect(assign(&numbers, "a") == "a=1")
        numbers.noteFailure(of: "b", on: "br0")
        #expect(assign(&numbers, "a f") == "a=1 f=6")
    }

    @Test func numbersComeRoundAndEnd() {
        var numbers = PortNumbers()
        let most = Int(OFPort.maximum.number) - 1
        let all = (1...most + 3).map { PortNumbers.Request(name: "p\($0)", number: nil) }
        let given = numbers.assign(all, on: "br0")
        #expect(given.count == most)
        #expect(Set(given.values) == Set((1...UInt16(most)).map { OFPort($0) }))
        // All were in use: from the beginning again.
        #expect(assign(&numbers, "x y") == "x=1 y=2")
        #expect(assign(&numbers, "x z=65279") == "x=1 z=65279")
        #expect(assign(&numbers, "x w z=65279") == "w=3 x=1 z=65279")
    }
}
