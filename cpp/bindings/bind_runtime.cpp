// Instruction sets, threads, randomness, and what the core was built with.
#include <pybind11/stl.h>

#include "bindings/arrays.hpp"
#include "bindings/names.hpp"
#include "bindings/register.hpp"
#include "runtime/cpu.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/random.hpp"
#include "runtime/threads.hpp"

namespace dlcore {
namespace {

template <size_t N>
std::vector<std::string> listed(const char* const (&names)[N]) {
  return {names, names + N};
}

void permutation_into(uint64_t seed, uint64_t stream, const py::array& out) {
  int64_t* const order = writeable<int64_t>(out, out.size(), "out");
  const Index n = out.size();
  py::gil_scoped_release release;
  permutation(seed, stream, n, order);
}

}  // namespace

void bind_runtime(py::module_& module) {
  module.def("available_isas", &available_targets,
             "Instruction sets built in that this processor can run, best first.");
  module.def("active_isa", [] { return std::string(active_table().name); }, "The instruction set in use.");
  module.def("force_isa", &force_target, py::arg("name"),
             "Use this instruction set; ValueError if it is not available.");
  module.def("get_num_threads", &num_threads, "Threads a call may use.");
  module.def("set_num_threads", &set_num_threads, py::arg("count"), "Use this many threads from now on.");
  module.def("usable_processors", &usable_processors, "Processors this process may use: affinity and cgroup quota.");
  module.def("permutation", &permutation_into, py::arg("seed"), py::arg("stream"), py::arg("out"),
             "out = the permutation of 0..n-1 that (seed, stream) stands for.");
  module.def(
      "names",
      [] {
        py::dict families;
        families["activations"] = listed(kActivationNames);
        families["losses"] = listed(kLossNames);
        families["metrics"] = listed(kMetricNames);
        families["updates"] = listed(kUpdateNames);
        return families;
      },
      "The names of each family that the core knows.");
  module.def(
      "build_info",
      [] {
        py::dict info;
        info["compiler"] = DLCORE_COMPILER;
        info["build type"] = DLCORE_BUILD_TYPE;
        info["pybind11"] = PYBIND11_TOSTRING(PYBIND11_VERSION_MAJOR) "." PYBIND11_TOSTRING(PYBIND11_VERSION_MINOR);
        return info;
      },
      "What the core was built with.");
}

}  // namespace dlcore
