import ArgumentParser
import VSwitch

/// The human's tool: a look at the switch without setting anything up.
@main struct Tool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "needletail", abstract: "Shows what the switch does, and what this machine lets it do.",
        subcommands: [Demo.self, Check.self, DoctorCommand.self, AppCtl.self])
}

/// `needletail check FILE`
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check a configuration file.")
    @Argument(help: "The configuration file.") var file: String

    func run() throws {
        do throws(ConfigError) {
            print("\(file): \(try SwitchConfig.load(file).summary)")
        } catch {
            complain(error.description)
            throw ExitCode.failure
        }
    }
}

/// `needletail doctor`
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "doctor", abstract: "Tell what would work on this machine.")

    func run() throws {
        let doctor = Doctor()
        print(doctor.text)
        if !doctor.canForward { throw ExitCode.failure }
    }
}
