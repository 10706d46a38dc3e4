import VSwitch
