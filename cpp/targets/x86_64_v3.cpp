#include "kernels/make_table.hpp"

namespace dlcore {

constexpr KernelTable table_x86_64_v3 = {"x86_64_v3", make_kernels<F32>(), make_kernels<F64>()};

}  // namespace dlcore
