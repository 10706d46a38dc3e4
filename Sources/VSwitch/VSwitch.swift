/// # VSwitch
///
/// A configuration turned into a running switch. The configuration is a passive value, `SwitchConfig`, read from one
/// YAML file; what runs has one, too. The difference of two is an ordered list of steps, and the run loop of the
/// ofproto thread carries them out. Nothing is applied unless the whole file is right; the first mistake is told as one
/// line, `FILE:LINE:COLUMN: expected …, found …`.
///
/// Threads: the switch belongs to whoever has the turn (`Turns.swift`): the ofproto thread, which is the process's main thread, or while that one sleeps the I/O thread
/// that has read OpenFlow messages. Signals reach the ofproto thread as flags, commands of the control socket by a mailbox that an I/O thread fills.
/// Memory: bounded by `Limits.swift`.
///
/// Read in this order: `SwitchConfig.swift` (the value), `ConfigError.swift`, `YAMLText.swift` (bytes to a tree, with
/// bounds), `ConfigReader.swift` (typed access with positions), `ConfigParse.swift`, `ConfigParsePort.swift` and
/// `ConfigParseFlows.swift` (the sections), `ConfigDiff.swift`; then `SwitchDatapath.swift`, `NetdevDatapath.swift`,
/// `Switch.swift` (the steps carried out), `RunningSwitch.swift` (a turn), `Turns.swift` (whose turn it is) and `Session.swift` (from start to end, with signals);
/// `Counters.swift`, `Report.swift`, `LiveTable.swift` and `MegaflowText.swift` (what is told about it); `Doctor.swift`. The control socket:
/// `UnixctlServer.swift`, `UnixctlFormat.swift` (text or JSON), `UnixctlCommand.swift` (the table), `CommandValue.swift` (what is shown),
/// `UnixctlContext.swift`, then by subject `UnixctlProcess.swift`, `UnixctlDatapath.swift`, `UnixctlInterfaces.swift`, `UnixctlPorts.swift`,
/// `UnixctlThreads.swift` with `PMDReport.swift` and `RxqUsage.swift`, `UnixctlBridges.swift`; `UnixctlSocket.swift` (where it is). The log: `VLog.swift`,
/// `LogPattern.swift`, `LogSpec.swift`, `LogLimit.swift`, `Syslog.swift`, `LogHandler.swift`, `UnixctlLog.swift`. The process: `Program.swift`,
/// `PIDFile.swift`, `Signals.swift`, `Coverage.swift`. Cores and NUMA nodes: `Processors.swift`, `PMDLog.swift`, `AutoLoadBalance.swift`.
/// The database: `OVSDBConnection.swift`, `Database/SwitchDatabase.swift` (what is followed and told), `Database/SwitchStatus.swift`; its rows as a configuration: `Rows/RowsConfig.swift`, `Rows/RowValues.swift` (how text is read as numbers), then by table `Rows/RowsDatapath.swift`,
/// `Rows/RowsBridge.swift`, `Rows/RowsController.swift`, `Rows/RowsPort.swift`, `Rows/RowsInterface.swift`, `Rows/RowsSelections.swift`; `Rows/PortNumbers.swift`. What is wrong in a row is
/// told in ovs-vswitchd's words and left out, or has its default; the rest counts.
/// The datapath for tests: `DummyDatapath.swift`, `DummyClock.swift`, `DummyDPIF.swift`, `DummyWires.swift`, `UnixctlDummy.swift`, `UnixctlTime.swift`.
