import Flow
import Testing
import Wire
@testable import Datapath

@Suite struct ActionProgramTests {
    private func output(_ port: UInt32) -> DPAction { .output(ODPPort(port)) }
    private func words(_ actions: [DPAction]) throws -> [ActionWord] { try compileActions(actions).map(ActionWord.init(raw:)) }
    private func port(_ actions: [DPAction]) throws -> UInt32? {
        // The array is alive during the call.
        try unsafe compileActions(actions).withUnsafeBufferPointer { unsafe singleOutput(of: $0.baseAddress!) }
    }

    @Test func aSingleOutputIsSeen() throws {
        #expect(try port([output(7)]) == 7)
        #expect(try port([output(0)]) == 0)
        // A tail that nobody sees does not count.
        #expect(try port([output(7), .pushVLAN(tpid: BE16(0x8100), tci: BE16(1))]) == 7)
        #expect(try port([output(7), .drop, output(8)]) == 7)
        for other: [DPAction] in [[], [.drop], [output(1), output(2)], [.popVLAN, output(1)], [.trunc(maxLength: 64), output(1)], [.clone([output(1)])], [.recirc(RecircID(3))]] {
            #expect(try port(other) == nil)
        }
    }

    @Test func nothingToDeliverIsADrop() throws {
        for actions: [DPAction] in [[], [.drop], [.popVLAN], [.trunc(maxLength: 60)], [.clone([])], [.drop, output(1)], [.hash(algorithm: 0, basis: 1)]] {
            let program = try words(actions)
            #expect(program.count == 1 && program[0].opcode == ActionOpcode.end.rawValue && !program[0].has(.delivered))
        }
    }

    /// Copies are real ones exactly when the packet changes afterwards; the first change of a list sees to it that it may.
    @Test func flags() throws {
        let push = DPAction.pushVLAN(tpid: BE16(0x8100), tci: BE16(5))
        let program = try words([output(1), push, output(2), .popVLAN, output(3), output(4)])
        let opcodes: [ActionOpcode] = [.output, .pushVLAN, .output, .popVLAN, .output, .output, .end]
        #expect(program.map(\.opcode) == opcodes.map(\.rawValue))
        #expect(program.map { $0.has(.writtenLater) } == [true, true, true, false, false, false, false])
        #expect(program.map { $0.has(.writable) } == [false, false, true, true, true, true, false])
        #expect(program.map { $0.has(.last) } == [false, false, false, false, false, true, false])
        #expect(program.last?.has(.delivered) == true)
    }

    @Test func nestedListsHaveLengths() throws {
        let program = try words([.checkPacketLength(100, greater: [output(1), output(2)], lessOrEqual: []), output(3)])
        #expect(program[0].opcode == ActionOpcode.checkLength.rawValue && program[0].operand == 100)
        #expect(program[1].raw == 5)
        #expect(program[0].words == 6 && program[5].opcode == ActionOpcode.end.rawValue)
        #expect(program[6].opcode == ActionOpcode.output.rawValue && program[6].operand == 3 && program[6].has(.last))
    }

    @Test func bounds() throws {
        var nested: [DPAction] = [output(1)]
        for _ in 0..<ActionLimits.nesting { nested = [.clone(nested)] }
        #expect(throws: Never.self) { try compileActions(nested) }
        #expect(throws: DPIFError.self) { try compileActions([.clone(nested)]) }
        #expect(throws: Never.self) { try compileActions((0..<8000).map { output(UInt32($0)) }) }
        #expect(throws: DPIFError.self) { try compileActions((0..<9000).map { output(UInt32($0)) }) }
        let wide = (0..<3000).map { output(UInt32($0)) }
        #expect(throws: DPIFError.self) { try compileActions([.clone(wide), .clone(wide), .clone(wide)]) }
        #expect(throws: DPIFError.self) { try compileActions([.hash(algorithm: 2, basis: 0), output(1)]) }
    }

    /// A program that runs once may be longer and deeper; what it may be is known without compiling.
    @Test func boundsOfProgramsThatRunOnce() throws {
        func nested(_ depth: Int) -> [DPAction] { (0..<depth).reduce([output(1)]) { list, _ in [.clone(list), output(2)] } }
        #expect(programUse(of: nested(ActionLimits.nesting)) == .megaflow)
        #expect(programUse(of: nested(ActionLimits.nesting + 1)) == .once)
        #expect(programUse(of: nested(ActionLimits.onceNesting)) == .once)
        #expect(programUse(of: nested(ActionLimits.onceNesting + 1)) == nil)
        #expect(throws: Never.self) { try compileActions(nested(ActionLimits.onceNesting), for: .once) }
        #expect(throws: DPIFError.self) { try compileActions(nested(ActionLimits.onceNesting + 1), for: .once) }
        func outputs(_ count: Int) -> [DPAction] { (0..<count).map { output(UInt32($0)) } }
        #expect(programUse(of: []) == .megaflow)
        #expect(programUse(of: outputs(ActionLimits.programWords - 1)) == .megaflow)
        #expect(programUse(of: outputs(ActionLimits.programWords)) == .once)
        #expect(programUse(of: outputs(ActionLimits.onceWords)) == nil)
        // A list in the middle of a program may be longer than 16 bits can tell.
        let long = try compileActions([.clone(outputs(70_000)), output(3)], for: .once).map(ActionWord.init(raw:))
        #expect(long[0].words == 70_002 && long[70_002].operand == 3 && long[70_002].has(.last))
    }

    /// No operation has more words than the bound by which lists are judged.
    @Test func theLongestOperation() throws {
        let header = DPPushNSH(metadata: .options([UInt8](repeating: 1, count: DPPushNSH.optionBytes)))
        #expect(try compileActions([.pushNSH(header), output(1)]).count == ActionLimits.operationWords + 2)
    }
}
