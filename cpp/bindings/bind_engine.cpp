// The engine: networks bound to NumPy arrays that Python keeps and the core updates in place.
#include <algorithm>
#include <cmath>

#include "bindings/arrays.hpp"
#include "bindings/hyper.hpp"
#include "bindings/names.hpp"
#include "bindings/predictor.hpp"
#include "bindings/register.hpp"
#include "bindings/watch.hpp"
#include "engine/engine.hpp"

namespace dlcore {
namespace {

// A parameter and its state from Python; the arrays are added to `kept`.
template <class T>
Parameter<T> parameter_from(const py::object& array, const py::sequence& slots, Index rows, Index columns,
                            UpdateKind update, std::vector<py::object>& kept) {
  Parameter<T> parameter{};
  if (array.is_none()) return parameter;
  parameter.p = out_spaced<T>(as_array(array, "parameters"), rows, columns, "parameters");
  require_slots(update, slots.size());
  for (size_t s = 0; s < slots.size(); s++) {
    const Matrix<T> slot = out_spaced<T>(as_array(slots[s], "slots"), rows, columns, "slots");
    if (slot.ld != parameter.p.ld) throw py::value_error("slots are not laid out as their parameter");
    parameter.slots[s] = slot.data;
  }
  kept.push_back(array);
  kept.insert(kept.end(), slots.begin(), slots.end());
  return parameter;
}

// What a network.Shaping says of all parameters, and below of one of a layer's two.
Shaping shaping_from(const py::object& shaping) {
  const auto bound = [&](const char* name) { return shaping.attr(name).cast<double>(); };
  Shaping result{shaping.attr("accumulation_steps").cast<int64_t>(), bound("clipvalue"), bound("clipnorm"),
                 bound("global_clipnorm")};
  if (result.accumulation_steps < 1) throw py::value_error("accumulation_steps is below 1");
  int bounds = 0;
  for (double value : {result.clipvalue, result.clipnorm, result.global_clipnorm}) {
    if (!(value >= 0)) throw py::value_error("a bound on gradients is below 0");
    bounds += value > 0;
  }
  if (bounds > 1) throw py::value_error("there is more than one bound on gradients");
  return result;
}

template <class T>
Traits<T> traits_from(const py::object& shaping, size_t layer, size_t which, const Parameter<T>& parameter, Index rows,
                      Index columns, std::vector<py::object>& kept) {
  Traits<T> traits;
  if (!parameter.p.data) return traits;
  const auto of_parameter = [&](const py::sequence& layers) { return py::sequence(layers[layer])[which]; };
  if (const py::sequence penalties = shaping.attr("penalties"); !penalties.empty()) {
    const py::sequence factors = of_parameter(penalties);
    traits.l1 = static_cast<T>(py::object(factors[0]).cast<double>());
    traits.l2 = static_cast<T>(py::object(factors[1]).cast<double>());
  }
  if (shaping.attr("accumulation_steps").cast<int64_t>() > 1) {
    const py::array array = as_array(of_parameter(shaping.attr("accumulators")), "accumulators");
    const Matrix<T> gathered = out_spaced<T>(array, rows, columns, "accumulators");
    if (gathered.ld != parameter.p.ld) throw py::value_error("accumulators are not laid out as their parameters");
    traits.gathered = gathered.data;
    kept.push_back(array);
  }
  return traits;
}

// What a layer drops of its inputs in training, if it is told where its draws are counted.
template <class T>
Dropout<T> dropout_from(const py::handle& described, const py::object& draws, std::vector<py::object>& kept) {
  Dropout<T> dropout;
  const double rate = described.attr("dropout").cast<double>();
  if (rate == 0 || draws.is_none()) return dropout;
  if (!(rate > 0 && rate <= 1)) throw py::value_error("a rate of dropout lies outside [0, 1]");
  dropout.state = writeable<uint32_t>(as_array(draws, "draws"), 2, "draws");
  dropout.dropped = static_cast<uint32_t>(std::nearbyint(rate * 65536));
  dropout.scale = rate < 1 ? static_cast<T>(1 / (1 - rate)) : T(0);
  kept.push_back(draws);
  return dropout;
}

// What a network.NormalizationSpec says, if it is one. Over a batch it has statistics that training follows.
template <class T>
Normalization<T> normalization_from(const py::handle& spec, Index units, const py::sequence& statistics, size_t layer,
                                    std::vector<py::object>& kept) {
  Normalization<T> result;
  const auto kind = spec.attr("kind").cast<std::string>();
  if (kind == "dense") return result;
  result.kind = kind == "batch" ? Normalization<T>::batch : Normalization<T>::layer;
  result.epsilon = static_cast<T>(spec.attr("epsilon").cast<double>());
  result.momentum = spec.attr("momentum").cast<double>();
  if (result.kind == Normalization<T>::batch) {
    const py::sequence moving = statistics[layer];
    result.moving_mean = writeable<T>(as_array(moving[0], "statistics"), units, "statistics");
    result.moving_variance = writeable<T>(as_array(moving[1], "statistics"), units, "statistics");
    kept.insert(kept.end(), moving.begin(), moving.end());
  }
  return result;
}

template <class T>
Network<T> network_from(const py::object& spec, const py::sequence& parameters, const py::sequence& slots,
                        const py::object& shaping, const py::sequence& draws, const py::sequence& statistics,
                        std::vector<py::object>& kept) {
  Network<T> network;
  const auto text = [](const py::handle& object) { return object.cast<std::string>(); };
  network.loss = loss_named(text(spec.attr("loss")).c_str());
  network.loss_parameter = static_cast<T>(spec.attr("loss_parameter").cast<double>());
  network.fused_output = spec.attr("fused_output").cast<bool>();
  network.update = update_named(text(spec.attr("update")).c_str());
  if (!shaping.is_none()) network.shaping = shaping_from(shaping);
  for (const py::handle metric : spec.attr("metrics")) {
    const auto pair = py::reinterpret_borrow<py::tuple>(metric);
    network.metrics.emplace_back(metric_named(text(pair[0]).c_str()), static_cast<T>(pair[1].cast<double>()));
  }
  Index inputs = spec.attr("inputs").cast<Index>();
  for (const py::handle described : spec.attr("layers")) {
    const size_t l = network.layers.size();
    const py::sequence arrays = parameters[l], states = slots[l];
    Layer<T> layer;
    layer.inputs = inputs;
    layer.units = described.attr("units").cast<Index>();
    layer.normalization = normalization_from<T>(described, layer.units, statistics, l, kept);
    if (layer.normalizes() && layer.units != inputs)
      throw py::value_error("a normalization has other units than inputs");
    layer.activation = {activation_named(text(described.attr("activation")).c_str()),
                        static_cast<T>(described.attr("alpha").cast<double>())};
    layer.w = parameter_from<T>(arrays[0], states[0], layer.w_rows(), layer.units, network.update, kept);
    if (!layer.w.p.data && !layer.normalizes()) throw py::value_error("a dense layer needs weights");
    layer.b = parameter_from<T>(arrays[1], states[1], 1, layer.units, network.update, kept);
    if (!shaping.is_none()) {
      layer.w_traits = traits_from<T>(shaping, l, 0, layer.w, layer.w_rows(), layer.units, kept);
      layer.b_traits = traits_from<T>(shaping, l, 1, layer.b, 1, layer.units, kept);
    }
    if (!draws.empty()) layer.dropout = dropout_from<T>(described, draws[l], kept);
    inputs = layer.units;
    network.layers.push_back(layer);
  }
  if (network.layers.empty()) throw py::value_error("a network needs a layer");
  return network;
}

// The engine as Python holds it: one of the two floating types, and the arrays it writes to.
class BoundEngine {
 public:
  BoundEngine(const py::object& spec, const py::sequence& parameters, const py::sequence& slots,
              const py::object& shaping, const py::sequence& draws, const py::sequence& statistics) {
    with_type(first_of(parameters), "parameters", [&](auto zero) {
      using T = decltype(zero);
      engine_ =
          std::make_unique<Engine<T>>(network_from<T>(spec, parameters, slots, shaping, draws, statistics, kept_));
    });
  }

  py::tuple train(const py::array& x, const py::array& y, const py::object& sample_weight, const py::object& order,
                  Index batch_size, const py::tuple& hyper, const py::array& learning_rates, const py::object& report) {
    return std::visit(
        [&](auto& engine) {
          auto data = data_from(*engine, x, y, sample_weight);
          if (batch_size < 1) throw py::value_error("batch_size is below 1");
          batch_size = std::min(batch_size, std::max<Index>(data.rows, 1));
          data.order = optional<int64_t>(order, data.rows, "order");
          for (Index i = 0; data.order && i < data.rows; i++)
            if (data.order[i] < 0 || data.order[i] >= data.rows) throw py::value_error("order is not a permutation");
          const Index steps = (data.rows + batch_size - 1) / batch_size;
          const double* const rates = elements<double>(learning_rates, steps, "learning_rates");
          const Hyper numbers = hyper_from(hyper);
          const Report look = watch(report);
          Totals totals;
          {
            py::gil_scoped_release release;
            totals = engine->train(data, batch_size, numbers, rates, look);
          }
          return totals_tuple(totals);
        },
        engine_);
  }

  py::tuple evaluate(const py::array& x, const py::array& y, const py::object& sample_weight, Index batch_size) {
    return std::visit(
        [&](auto& engine) {
          const auto data = data_from(*engine, x, y, sample_weight);
          if (batch_size < 1) throw py::value_error("batch_size is below 1");
          batch_size = std::min(batch_size, std::max<Index>(data.rows, 1));
          const Report look = watch(py::none());
          Totals totals;
          {
            py::gil_scoped_release release;
            totals = engine->evaluate(data, batch_size, look);
          }
          return totals_tuple(totals);
        },
        engine_);
  }

  int64_t taken() const {
    return std::visit([](const auto& engine) { return engine->taken(); }, engine_);
  }

  void predict(const py::array& x, const py::array& out) {
    std::visit(
        [&](auto& engine) {
          const auto& network = engine->network();
          const Index rows = rows_of(x, "x");
          auto in = input_from(*engine, x, rows);
          const auto result =
              out_matrix<typename decltype(type_of(network))::type>(out, rows, network.outputs(), "out");
          const Report look = watch(py::none());
          py::gil_scoped_release release;
          engine->predict(rows, in, result, look);
        },
        engine_);
  }

  // A callable over this engine, which `owner` is.
  static py::object predictor(const py::object& owner, const py::object& otherwise) {
    return make_predictor(owner.cast<const BoundEngine&>().engine_, owner, otherwise);
  }

 private:
  // The first array there is: a normalization may have none.
  static py::array first_of(const py::sequence& parameters) {
    for (const py::handle pair : parameters)
      for (const py::handle array : pair)
        if (!array.is_none()) return as_array(array, "parameters");
    throw py::value_error("a network needs a layer");
  }

  template <class T>
  struct Type {
    using type = T;
  };
  template <class T>
  static Type<T> type_of(const Network<T>&);

  template <class T>
  static Matrix<const T> input_from(const Engine<T>& engine, const py::array& x, Index rows) {
    return matrix<T>(x, rows, engine.network().inputs(), "x");
  }

  template <class T>
  Data<T> data_from(const Engine<T>& engine, const py::array& x, const py::array& y, const py::object& sample_weight) {
    const Index n = engine.network().outputs();
    Data<T> data;
    data.rows = rows_of(x, "x");
    data.x = input_from(engine, x, data.rows);
    if (is_sparse(engine.network().loss)) {
      data.labels = elements<int64_t>(y, data.rows, "y");
      for (Index i = 0; i < data.rows; i++)
        if (data.labels[i] < 0 || data.labels[i] >= n) throw py::value_error("y holds a label outside [0, classes)");
    } else {
      data.targets = matrix<T>(y, data.rows, n, "y");
    }
    data.sample_weight = optional<T>(sample_weight, data.rows, "sample_weight");
    return data;
  }

  std::vector<py::object> kept_;
  AnyEngine engine_;
};

}  // namespace

void bind_engine(py::module_& module) {
  using namespace pybind11::literals;
  py::class_<BoundEngine>(module, "Engine", py::is_final(), py::metaclass(reinterpret_cast<PyObject*>(&PyType_Type)),
                          "A network bound to its arrays; see dlcore.backends.contract.Engine.")
      .def(py::init<const py::object&, const py::sequence&, const py::sequence&, const py::object&, const py::sequence&,
                    const py::sequence&>(),
           "spec"_a, "parameters"_a, "slots"_a, "shaping"_a = py::none(), "draws"_a = py::tuple(),
           "statistics"_a = py::tuple())
      .def("train", &BoundEngine::train, "x"_a, "y"_a, "sample_weight"_a, "order"_a, "batch_size"_a, "hyper"_a,
           "learning_rates"_a, "report"_a)
      .def("evaluate", &BoundEngine::evaluate, "x"_a, "y"_a, "sample_weight"_a, "batch_size"_a)
      .def_property_readonly("taken", &BoundEngine::taken)
      .def("predict", &BoundEngine::predict, "x"_a, "out"_a)
      .def("predictor", &BoundEngine::predictor, "otherwise"_a);
}

}  // namespace dlcore
