// The elementary functions over a vector vocabulary V (F32 or F64 of one vec_*.hpp).
//
//   math::exp<V>(x)  expm1  log  log1p  tanh  sigmoid  softplus  erf  normal_cdf  normal_pdf  gelu
//
// They consist of IEEE-exact operations lane by lane, without branches, tables or libm, so a result depends on nothing
// but its argument and has the same bits on every target with a fused multiply-add. There they are within 2 ULP of the
// correctly rounded result, denormals included; where fma is a product and a sum (x86_64_v2), within 3.
// tests/cpp/test_math.cpp holds each function's bound.
#pragma once

#include "kernels/math_exp.hpp"
#include "kernels/math_log.hpp"
#include "kernels/math_normal.hpp"
