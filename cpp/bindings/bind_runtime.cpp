// Instruction sets, threads, randomness, and what the core was built with.
#include <pybind11/stl.h>

#include "bindings/arrays.hpp"
#include "bindings/names.hpp"
#include "bindings/register.hpp"
#include "engine/network.hpp"
#include "runtime/cpu.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/random.hpp"
#include "runtime/threads.hpp"

namespace dlcore {
namespace {

// {name: fact(enumerator)} of a family.
template <class Enum, size_t N, class Fact>
py::dict facts(const char* const (&names)[N], const Fact& fact) {
  py::dict result;
  for (size_t i = 0; i < N; i++) result[names[i]] = fact(static_cast<Enum>(i));
  return result;
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
      "manifest",
      [] {
        py::dict families;
        families["activations"] = facts<Activation>(kActivationNames, needs_input);
        families["losses"] = facts<Loss>(kLossNames, [](Loss kind) { return is_sparse(kind); });
        families["metrics"] = facts<Metric>(kMetricNames, is_ordinal);
        families["updates"] = facts<UpdateKind>(kUpdateNames, slots_of);
        return families;
      },
      "What the core knows of each family: which activations need their input for the derivative, which losses take "
      "labels, which metrics are ordinal, how many slots an update has.");
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
