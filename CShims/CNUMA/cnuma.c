#include "cnuma.h"
