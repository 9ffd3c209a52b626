// Phase 3: norms, penalties and gathered gradients; the same bits whatever the threads and the instruction set.
#include <string>

#include "check.hpp"
#include "engine/shaping.hpp"
#include "engine/sums.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/threads.hpp"
#include "small_network.hpp"

namespace dlcore {
namespace {

using Net = Model<float>;

Net model(UpdateKind update, const Shaping& shaping) {
  Net result({20, 300, 33, 4}, Activation::tanh, update);
  result.network.shaping = shaping;
  return result;
}

// Gives each parameter memory for its gradients.
void gather(Net& net) {
  for (Layer<float>& layer : net.network.layers) {
    net.arrays.emplace_back(static_cast<size_t>(layer.inputs * layer.units));
    layer.w_traits.gathered = net.arrays.back().data();
    net.arrays.emplace_back(static_cast<size_t>(layer.units));
    layer.b_traits.gathered = net.arrays.back().data();
  }
}

std::vector<float> weights(const Net& net) {
  std::vector<float> all;
  for (const Layer<float>& layer : net.network.layers) {
    all.insert(all.end(), layer.w.p.data, layer.w.p.data + layer.inputs * layer.units);
    all.insert(all.end(), layer.b.p.data, layer.b.p.data + layer.units);
  }
  return all;
}

Totals train(Net& net, Index rows, Index batch, Hyper hyper = kHyper) {
  Problem problem(rows, 20, 4, batch);
  return Engine<float>(net.network).train(problem.data(), batch, hyper, problem.rates.data(), quiet);
}

template <class T>
void check_sums() {
  const Index rows = 700, columns = 37, ld = 48;
  const std::vector<T> values = uniform<T>(rows * ld, 5);
  std::vector<T> packed;
  long double absolutes = 0, squares = 0;
  for (Index r = 0; r < rows; r++)
    for (Index c = 0; c < columns; c++) {
      const T value = values[static_cast<size_t>(r * ld + c)];
      packed.push_back(value);
      absolutes += std::fabs(value);
      squares += static_cast<long double>(value) * value;
    }
  const Matrix<const T> apart{values.data(), ld}, together{packed.data(), columns};
  CHECK(sum_of(Term::absolute, rows, columns, apart) == sum_of(Term::absolute, rows, columns, together));
  CHECK(sum_of(Term::square, rows, columns, apart) == sum_of(Term::square, rows, columns, together));
  CHECK_CLOSE(sum_of(Term::absolute, rows, columns, apart), static_cast<double>(absolutes), 1e-9);
  CHECK_CLOSE(sum_of(Term::square, rows, columns, apart), static_cast<double>(squares), 1e-9);
  CHECK(sum_of(Term::square, Index(0), columns, apart) == 0);
}

TEST(sums_do_not_depend_on_how_a_matrix_lies) {
  check_sums<float>();
  check_sums<double>();
}

TEST(same_bits_whatever_threads_and_instruction_set) {
  const Shaping shapings[] = {{1, 0.001, 0, 0}, {1, 0, 0.01, 0}, {3, 0, 0, 0.02}, {1, 0, 0, 0}};
  for (const Shaping& shaping : shapings) {
    for (Index batch : {64, 1100}) {
      std::vector<std::vector<float>> first;
      double loss = 0;
      for (const std::string& target : available_targets()) {
        if (target == "x86_64_v2") continue;  // no fma, so other bits
        force_target(target);
        for (int threads : {1, 2, 3}) {
          set_num_threads(threads);
          Net net = model(UpdateKind::adam, shaping);
          if (shaping.accumulation_steps > 1) gather(net);
          net.network.layers[0].w_traits.l2 = 0.01f;
          net.network.layers[1].w_traits.l1 = net.network.layers[1].w_traits.l2 = 0.003f;
          const Totals totals = train(net, 3300, batch);
          if (first.empty()) {
            first = net.arrays;
            loss = totals.loss;
          }
          CHECK(net.arrays == first);
          CHECK(totals.loss == loss);
        }
      }
    }
  }
  set_num_threads(2);
}

TEST(gathered_gradients_become_an_update_with_the_last) {
  Net net = model(UpdateKind::sgd, {3, 0, 0, 0});
  gather(net);
  const std::vector<float> before = weights(net);
  train(net, 32, 16);
  CHECK(weights(net) == before);
  CHECK(std::any_of(net.arrays.back().begin(), net.arrays.back().end(), [](float g) { return g != 0; }));
  Hyper third = kHyper;
  third.step = 3;
  train(net, 16, 16, third);
  CHECK(weights(net) != before);
  CHECK(std::all_of(net.arrays.back().begin(), net.arrays.back().end(), [](float g) { return g == 0; }));
}

TEST(a_step_along_a_bounded_gradient_has_the_bound_s_length) {
  const double bound = 1e-3;
  for (bool together : {false, true}) {
    Net net = model(UpdateKind::sgd, together ? Shaping{1, 0, 0, bound} : Shaping{1, 0, bound, 0});
    const std::vector<float> before = weights(net);
    Hyper undecayed = kHyper;
    undecayed.weight_decay = 0;
    train(net, 16, 16, undecayed);
    const std::vector<float> after = weights(net);
    double squares = 0;
    for (size_t i = 0; i < after.size(); i++) squares += std::pow(static_cast<double>(after[i]) - before[i], 2);
    const double expected = 1e-2 * bound * std::sqrt(together ? 1 : 2 * net.network.layers.size());
    CHECK_CLOSE(std::sqrt(squares), expected, 1e-3 * expected);
  }
}

}  // namespace
}  // namespace dlcore

int main(int count, char** arguments) { return check::run(count > 1 ? arguments[1] : ""); }
