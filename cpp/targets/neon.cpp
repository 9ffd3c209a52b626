#include "kernels/make_table.hpp"

namespace dlcore {

constexpr KernelTable table_neon = {"neon", make_kernels<F32>(), make_kernels<F64>()};

}  // namespace dlcore
