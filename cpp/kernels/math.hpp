// Elementary functions over a vector vocabulary V (F32 or F64 of one vec_*.hpp): branch-free, lane by lane, no libm.
#pragma once

#include "kernels/math_exp.hpp"
#include "kernels/math_log.hpp"
#include "kernels/math_normal.hpp"
