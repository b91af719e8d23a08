#include "DashboardAssets.h"
