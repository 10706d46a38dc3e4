import Datapath
import Flow
import Wire

// Any bytes as a datapath flow and as datapath actions, in the syntax of dpctl/add-flow: the parsers answer, and what is printed
// of an answer means the same when it is read again.

private let everyBit: FlowMask = {
    var mask = FlowMask()
    for index in 0..<FlowKey.lineCount { mask[line: index] = Line(repeating: .max) }
    return mask
}()

private func checkKey(_ text: String) throws(ODPTextError) {
    let (key, mask) = try FlowKey.parseODP(text, ports: { $0 == "eth1" ? ODPPort(1) : nil })
    let printed = key.odpText(mask: mask)
    do throws(ODPTextError) {
        let (keyAgain, maskAgain) = try FlowKey.parseODP(printed)
        let printedAgain = keyAgain.odpText(mask: maskAgain)
        precondition(printed == printedAgain, "\(printed): \(printedAgain)")
        // What the key's own protocols give no meaning to is not printed; recirc_id always is.
        for field in Field.allCases where field != .recircID && key.satisfies(field.prerequisite, under: everyBit) {
            precondition(mask.value(of: field) == maskAgain.value(of: field), "\(printed): \(field.name)'s mask")
            precondition((key.value(of: field) ^ keyAgain.value(of: field)) & mask.value(of: field) == 0, "\(printed): \(field.name)")
        }
    } catch {
        preconditionFailure("printed and then refused: \(printed): \(error)")
    }
    var options = ODPTextOptions()
    options.verbose = true
    _ = key.odpText(mask: mask, options)
}

private func checkActions(_ text: String) throws(ODPTextError) {
    let actions = try [DPAction].parseODP(text, ports: { $0 == "eth1" ? ODPPort(1) : nil })
    let printed = actions.odpText()
    do throws(ODPTextError) {
        let again = try [DPAction].parseODP(printed)
        precondition(again.odpText() == printed, "\(printed): \(again.odpText())")
        // A probability is printed with one decimal.
        precondition(printed.contains("sample") || again == actions, "other actions: \(printed)")
    } catch {
        preconditionFailure("printed and then refused: \(printed): \(error)")
    }
}

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzODPText(_ data: UnsafeRawPointer, _ size: Int) -> CInt {
    // libFuzzer vouches for `size` bytes.
    let text = unsafe String(decoding: UnsafeRawBufferPointer(start: data, count: size), as: UTF8.self)
    for check in [checkKey, checkActions] {
        do throws(ODPTextError) {
            try check(text)
        } catch {
            precondition((0...text.utf8.count).contains(error.offset), "offset \(error.offset)")
        }
    }
    return 0
}
