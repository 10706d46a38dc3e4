/// # VSwitch
