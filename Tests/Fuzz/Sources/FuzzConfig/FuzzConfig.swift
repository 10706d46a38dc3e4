import VSwitch

// Any bytes as a configuration file: the reader answers with a configuration or with the place of a mistake, and what it
// answers can be compared and carried out.

private func check(_ config: SwitchConfig, _ bytes: [UInt8]) throws(ConfigError) {
    let again = try SwitchConfig.parse(bytes, file: "dir/fuzz.yaml", keeping: config)
    precondition(again == config, "read again, the file says something else")
    let nothing = ConfigDiff(from: config, to: again)
    precondition(nothing.steps.isEmpty && nothing.needsRestart.isEmpty, "a difference to itself")
    let additions = ConfigDiff(from: nil, to: config)
    let count = config.bridges.reduce(0) { $0 + 1 + $1.ports.count + $1.flows.count }
    precondition(additions.steps.count >= count, "\(additions.steps.count) steps for \(count) things")
    let removals = ConfigDiff(from: config, to: SwitchConfig())
    precondition(config.bridges.isEmpty || !removals.steps.isEmpty)
    for port in config.bridges.flatMap(\.ports) {
        precondition((port.deviceRequest == nil) == (port.kind == .patch) && port.ofPort.number != 0, port.name)
    }
}

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzConfig(_ data: UnsafeRawPointer, _ size: Int) -> CInt {
    // libFuzzer vouches for `size` bytes.
    let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: data, count: size))
    do throws(ConfigError) {
        let config = try SwitchConfig.parse(bytes, file: "dir/fuzz.yaml")
        do throws(ConfigError) {
            try check(config, bytes)
        } catch {
            preconditionFailure("read and then refused: \(error)")
        }
    } catch {
        let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
        // The end of the file may be told as the line behind the last one.
        precondition((1...lines + 1).contains(error.line) && error.column >= 1, "\(error)")
        precondition(!error.description.contains("\n") && error.description.utf8.count < 2000, "not one short line: \(error)")
    }
    return 0
}
