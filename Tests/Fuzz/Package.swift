// swift-tools-version: 6.2
// Fuzz targets for libFuzzer, in a package of their own, so that the switch's build knows nothing of them. `./run SECONDS`
// builds and runs them all.
//
// The modules under test are compiled from the switch's own sources, reached by the links in Sources/, with coverage
// instrumentation and with assertions on. Of NetDev, Datapath, OFProto and VSwitch there are only the files that need no DPDK,
// and of Stream those that need no SwiftNIO.
//
// To add a target: a folder Sources/FuzzX with one file that defines `LLVMFuzzerTestOneInput` (see FuzzExtract), a folder
// corpus/FuzzX with a few small inputs, a line in `fuzzTargets`, and dictionaries/FuzzX if there are words to guess. A module that
// is not here yet: a link `Sources/Module -> ../../../Sources/Module` and a line in `modules`, with its package in `dependencies`
// if it needs one.
import PackageDescription

/// Fuzz targets, and the modules that each of them imports.
let fuzzTargets: [(name: String, modules: [String])] = [
    ("FuzzExtract", ["Flow", "Wire"]),
    ("FuzzFlowSyntax", ["OpenFlow", "Flow", "Wire"]),
    ("FuzzOpenFlow", ["OpenFlow"]),
    ("FuzzMatch", ["OpenFlow", "Flow", "Wire"]),
    ("FuzzActions", ["OpenFlow"]),
    ("FuzzODPText", ["Datapath", "Flow", "Wire"]),
    ("FuzzConfig", ["VSwitch"]),
    ("FuzzJSONRPC", ["OVSDB"]),
    ("FuzzOVSDB", ["OVSDB"]),
    ("FuzzRows", ["OVSDB", "VSwitch"]),
]

/// Modules under test, and what they import.
let modules: [(name: String, dependencies: [Target.Dependency])] = [
    ("Wire", []),
    ("Flow", ["Wire"]),
    ("OpenFlow", ["Wire", "Flow"]),
    ("OVSDB", []),
    ("Datapath", ["Wire", "Flow"]),
    ("OFProto", ["Wire", "Flow", "OpenFlow"]),
    ("NetDev", []),
    ("Stream", []),
    ("VSwitch", ["Wire", "Flow", "Datapath", "OpenFlow", "OFProto", "OVSDB", "NetDev", "Stream", .product(name: "Yams", package: "Yams")]),
]

#if arch(arm64)
let march = "armv8-a+crc"
#else
let march = "x86-64-v3"
#endif
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .strictMemorySafety(), .unsafeFlags(["-Xcc", "-march=\(march)", "-assert-config", "Debug"]),
]

let package = Package(
    name: "fuzz",
    dependencies: [.package(url: "https://github.com/jpsim/Yams", from: "6.2.2")],
    targets: modules.map { .target(name: $0.name, dependencies: $0.dependencies, swiftSettings: settings) }
        + fuzzTargets.map {
            .executableTarget(name: $0.name, dependencies: $0.modules.map { .init(stringLiteral: $0) }, swiftSettings: settings)
        }
)
