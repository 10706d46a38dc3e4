import NetDev

/// EAL for the whole test process, in which all test targets run: started once, without hugepages, so that the tests work
/// wherever they are run.
public enum TestEAL {
    public static let started: Result<EALInfo, EALError> = Result { () throws(EALError) -> EALInfo in
        var options = EALOptions()
        options.hugepages = .never
        options.plainMemory = 1536
        return try EAL.start(options)
    }

    /// Ports with small mempools.
    public static let runtime: NetdevRuntime = {
        var options = NetdevOptions()
        options.demand.deviceQueues = 2
        options.demand.upcallSlots = 4096
        return NetdevRuntime(options)
    }()
}
