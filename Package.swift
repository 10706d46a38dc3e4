// swift-tools-version: 6.2
// Modules and their levels are described in docs/ARCHITECTURE.md; imports go downward only.
import Foundation
import PackageDescription

/// The CPU baseline. `NEEDLETAIL_MARCH=native swift build` chooses another one.
let march: String = {
    if let chosen = Context.environment["NEEDLETAIL_MARCH"] { return chosen }
    #if arch(arm64)
    return "armv8-a+crc"
    #else
    return "x86-64-v3"
    #endif
}()

#if arch(arm64)
let triplet = "aarch64-linux-gnu"
#else
let triplet = "x86_64-linux-gnu"
#endif

// Debian's libdpdk.pc cannot be read by SwiftPM's pkg-config parser, so the flags are named here.
let dpdkFlags = [
    "-I/usr/include/dpdk", "-I/usr/include/\(triplet)/dpdk", "-include", "rte_config.h", "-march=\(march)",
]
// State that one thread owns. Debug builds, so all tests, check at run time that no two accesses to a variable overlap; release builds do not look it up again.
let owned: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]
let safe: [SwiftSetting] = [.swiftLanguageMode(.v6), .strictMemorySafety()]
let packetPath: [SwiftSetting] = safe + [.unsafeFlags(dpdkFlags.flatMap { ["-Xcc", $0] })]
// `@_noLocks` asks the compiler to look through every call, which it can do only when it sees the whole module.
let checkedPacketPath = packetPath + [.unsafeFlags(["-whole-module-optimization", "-num-threads", "2"])]
let dpdkLibraries: [LinkerSetting] = [
    // Mempools need the driver for their rings also when no plugins are loaded.
    "rte_eal", "rte_ethdev", "rte_mbuf", "rte_mempool", "rte_mempool_ring", "rte_ring", "rte_kvargs", "rte_log",
].filter { $0 != "rte_log" }.map { .linkedLibrary($0) }

let package = Package(
    name: "needletail",
    products: [
        .executable(name: "needletaild", targets: ["needletaild"]),
        .executable(name: "needletail", targets: ["needletail"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Level 0
        .target(name: "CDPDK", path: "CShims/CDPDK", cSettings: [.unsafeFlags(dpdkFlags)], linkerSettings: dpdkLibraries),
        .target(name: "CDaemon", path: "CShims/CDaemon"),
        .target(name: "CNUMA", path: "CShims/CNUMA", linkerSettings: [.linkedLibrary("numa")]),
        .target(name: "Wire", swiftSettings: packetPath),
        // Level 1
        .target(name: "LockFree", swiftSettings: packetPath),
        .target(name: "Flow", dependencies: ["Wire"], swiftSettings: packetPath),
        .target(name: "NetDev", dependencies: ["Wire", "LockFree", "CDPDK", "CNUMA",
            .product(name: "Logging", package: "swift-log")], swiftSettings: packetPath),
        // Level 2
        .target(name: "Datapath", dependencies: ["Wire", "LockFree", "Flow", "NetDev", "CDPDK",
            .product(name: "Logging", package: "swift-log")], swiftSettings: checkedPacketPath + owned),
        .target(name: "OpenFlow", dependencies: ["Wire", "Flow"], swiftSettings: packetPath),
        .target(name: "OVSDB", swiftSettings: safe),
        .target(name: "Stream", dependencies: [
            .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOTLS", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "SystemPackage", package: "swift-system")], swiftSettings: safe),
        // Level 3
        .target(name: "OFProto", dependencies: ["Wire", "Flow", "Datapath", "OpenFlow",
            .product(name: "Logging", package: "swift-log")], swiftSettings: packetPath + owned),
        // Level 4
        .target(name: "VSwitch", dependencies: ["Wire", "Flow", "LockFree", "NetDev", "Datapath", "OpenFlow", "OVSDB", "Stream", "OFProto", "CDaemon",
            .product(name: "Yams", package: "Yams"), .product(name: "Logging", package: "swift-log"),
            .product(name: "SystemPackage", package: "swift-system")], swiftSettings: packetPath),
        // Level 5
        .executableTarget(name: "needletaild", dependencies: ["VSwitch", "CDaemon", .product(name: "Logging", package: "swift-log")], swiftSettings: packetPath),
        .executableTarget(name: "needletail", dependencies: ["VSwitch", "OVSDB", "Stream",
            .product(name: "ArgumentParser", package: "swift-argument-parser")], swiftSettings: packetPath),
        // Benchmarks: the harness, its latency prober, and the micro-benchmarks
        .executableTarget(name: "bench", dependencies: ["Flow", "Datapath", "OpenFlow", "CDPDK",
            .product(name: "ArgumentParser", package: "swift-argument-parser")], path: "Benchmarks/Harness", swiftSettings: packetPath),
        .executableTarget(name: "prober", dependencies: ["Flow", "NetDev", "CDPDK",
            .product(name: "ArgumentParser", package: "swift-argument-parser")], path: "Benchmarks/Prober", swiftSettings: packetPath),
        .executableTarget(name: "microbench", dependencies: ["Datapath", "NetDev", "Wire", "Flow", "LockFree", "CDPDK"], path: "Benchmarks/Micro", swiftSettings: packetPath),
    ] + [
        .target(name: "TestSupport", dependencies: ["NetDev", .product(name: "Subprocess", package: "swift-subprocess")],
            path: "Tests/TestSupport", swiftSettings: packetPath),
        tests("WireTests", ["Wire"]),
        tests("LockFreeTests", ["LockFree"]),
        tests("FlowTests", ["Flow", "Wire"]),
        tests("NetDevTests", ["NetDev", "LockFree", "Wire", "CDPDK"]),
        tests("DatapathTests", ["Datapath", "NetDev", "LockFree", "Flow", "Wire", "CDPDK"]),
        tests("OpenFlowTests", ["OpenFlow", "Flow", "Wire"]),
        tests("OVSDBTests", ["OVSDB"]),
        tests("StreamTests", ["Stream"]),
        tests("OFProtoTests", ["OFProto", "Datapath", "OpenFlow", "Flow", "Wire"]),
        // Whole switches with poll-mode threads; the C part counts heap calls and stands before the process's malloc.
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        tests("SwitchTests", ["OFProto", "Datapath", "OpenFlow", "NetDev", "LockFree", "Flow", "Wire", "CDPDK", "AllocationCounter"]),
        tests("SimulationTests", ["OFProto", "Datapath", "OpenFlow", "NetDev", "LockFree", "Flow", "Wire", "CDPDK"]),
        tests("VSwitchTests", ["VSwitch", "OVSDB", "Stream", "OFProto", "Datapath", "OpenFlow", "NetDev", "Flow", "Wire"]),
        tests("BenchTests", ["bench"]),
        tests("HostTests", ["needletaild", "needletail", "VSwitch", "OVSDB", "Stream"], exclude: ["Controllers/python", "Commands/python"]),
    ].compactMap { $0 }
)

/// A test target in Tests/, if its folder is there. `exclude` names what in it is not Swift's.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target? {
    guard FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/Tests/\(name)") else { return nil }
    return .testTarget(name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude, swiftSettings: packetPath)
}
