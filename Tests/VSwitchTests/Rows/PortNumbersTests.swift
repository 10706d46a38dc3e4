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

    @Test func numbersGoUpFromTheLastOneGiven() {
        var numbers = PortNumbers()
        #expect(assign(&numbers, "a b c") == "a=1 b=2 c=3")
        #expect(assign(&numbers, "a c d") == "a=1 c=3 d=4")
        // A request does not move the place where the next number comes from.
        #expect(assign(&numbers, "a c d e=2") == "a=1 c=3 d=4 e=2")
        #expect(assign(&numbers, "a c d e=2 f=20") == "a=1 c=3 d=4 e=2 f=20")
        #expect(assign(&numbers, "a c d e=2 f=20 g") == "a=1 c=3 d=4 e=2 f=20 g=5")
        #expect(assign(&numbers, "a c d e=2 f=20 h") == "a=1 c=3 d=4 e=2 f=20 h=6")
    }

    @Test func aRequestTakesTheNumberOfOneThatDidNotAskForIt() {
        var numbers = PortNumbers()
        #expect(assign(&numbers, "a b") == "a=1 b=2")
        #expect(assign(&numbers, "a=2 b") == "a=2 b=3")
        // Who gives up a request keeps the number.
        #expect(assign(&numbers, "a b") == "a=2 b=3")
        // Of two that ask for it the one that has it keeps it.
        #expect(assign(&numbers, "a=7 b") == "a=7 b=3")
        #expect(assign(&numbers, "0=7 a=7 b=7") == "0=4 a=7 b=3")
        #expect(assign(&numbers, "0=7 b=7") == "0=7 b=3")
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
        // The first free one behind the last, from the beginning again.
        #expect(assign(&numbers, "x y") == "x=1 y=2")
        #expect(assign(&numbers, "x y z=65279") == "x=1 y=2 z=65279")
    }
}
