// libnuma's interface, for the NUMA node of a core and for memory placed on a node.
#pragma once
#include <numa.h>
