#include "bindings/predictor.hpp"

#include <structmember.h>

#include "bindings/watch.hpp"

namespace dlcore {
namespace {

// Longer calls let other Python threads run meanwhile: some ten microseconds.
constexpr double kFlopsWithTheLock = 1e6;

struct Predictor {
  PyObject_HEAD;
  vectorcallfunc call;
  const AnyEngine* engine;
  PyObject* owner;
  PyObject* otherwise;
  PyObject* array_type;
  PyObject* dtype;  // the one object that native arrays of the engine's type have for a dtype
};

Predictor* self_of(PyObject* object) { return reinterpret_cast<Predictor*>(object); }

// An array's rows (1 if it has but one dimension) if it is just what the engine takes, otherwise -1.
Index plain_rows(const Predictor& self, PyObject* object, Index columns, int flags) {
  if (reinterpret_cast<PyObject*>(Py_TYPE(object)) != self.array_type) return -1;
  const py::detail::PyArray_Proxy& array = *py::detail::array_proxy(object);
  if (array.descr != self.dtype || (array.flags & flags) != flags) return -1;
  if (array.nd == 1) return array.dimensions[0] == columns ? 1 : -1;
  return array.nd == 2 && array.dimensions[1] == columns ? array.dimensions[0] : -1;
}

template <class T>
bool overlap(const T* a, Index count, const T* b, Index other) {
  return a < b + other && b < a + count;
}

template <class T>
PyObject* run(const Predictor& self, Engine<T>& engine, PyObject* const* args, Py_ssize_t count) {
  using Api = py::detail::npy_api;
  constexpr int kReadable = Api::NPY_ARRAY_C_CONTIGUOUS_ | Api::NPY_ARRAY_ALIGNED_;
  const Index inputs = engine.network().inputs(), outputs = engine.network().outputs();
  const Index rows = plain_rows(self, args[0], inputs, kReadable);
  if (rows < 0) return nullptr;
  const py::detail::PyArray_Proxy& x = *py::detail::array_proxy(args[0]);
  py::object made;
  PyObject* out = count > 1 ? args[1] : Py_None;
  if (out == Py_None) {
    made = x.nd == 1 ? py::array_t<T>(outputs) : py::array_t<T>({rows, outputs});
    out = made.ptr();
  }
  if (plain_rows(self, out, outputs, kReadable | Api::NPY_ARRAY_WRITEABLE_) != rows) return nullptr;
  const py::detail::PyArray_Proxy& y = *py::detail::array_proxy(out);
  const auto* from = reinterpret_cast<const T*>(x.data);
  auto* to = reinterpret_cast<T*>(y.data);
  if (y.nd != x.nd || overlap<T>(from, rows * inputs, to, rows * outputs)) return nullptr;
  const Matrix<const T> in{from, inputs};
  const Matrix<T> result{to, outputs};
  if (engine.flops(rows) > kFlopsWithTheLock || !engine.predict_at_once(rows, in, result)) {
    const Report look = watch(py::none());
    py::gil_scoped_release release;
    engine.predict(rows, in, result, look);
  }
  Py_INCREF(out);
  return out;
}

PyObject* call(PyObject* object, PyObject* const* args, size_t flagged, PyObject* names) {
  const Predictor& self = *self_of(object);
  const Py_ssize_t count = PyVectorcall_NARGS(flagged);
  if (!names && (count == 1 || count == 2)) {
    try {
      PyObject* done = std::visit([&](auto& engine) { return run(self, *engine, args, count); }, *self.engine);
      if (done) return done;
    } catch (py::error_already_set& error) {
      error.restore();
      return nullptr;
    } catch (const std::bad_alloc&) {
      return PyErr_NoMemory();
    } catch (const std::exception& error) {
      PyErr_SetString(PyExc_RuntimeError, error.what());
      return nullptr;
    }
  }
  return PyObject_Vectorcall(self.otherwise, args, flagged, names);
}

int traverse(PyObject* object, visitproc visit, void* arg) {
  const Predictor& self = *self_of(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self.owner);
  Py_VISIT(self.otherwise);
  return 0;
}

int clear(PyObject* object) {
  Py_CLEAR(self_of(object)->otherwise);
  return 0;
}

void dealloc(PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  PyObject_GC_UnTrack(object);
  Predictor& self = *self_of(object);
  Py_CLEAR(self.otherwise);
  Py_CLEAR(self.owner);
  Py_CLEAR(self.array_type);
  Py_CLEAR(self.dtype);
  type->tp_free(object);
  Py_DECREF(type);
}

PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Predictor, call), READONLY, nullptr},
    {"predict", T_OBJECT_EX, offsetof(Predictor, otherwise), READONLY, "The same, as Python does it."},
    {nullptr, 0, 0, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>("predictor(x, out=None): the network's output; see dlcore.Model.predictor.")},
    {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear)},
    {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
    {Py_tp_members, members},
    {0, nullptr},
};

PyType_Spec spec = {"dlcore._core.Predictor", sizeof(Predictor), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL, slots};

}  // namespace

py::object make_predictor(const AnyEngine& engine, const py::object& owner, const py::object& otherwise) {
  static PyTypeObject* const type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  if (!type) throw py::error_already_set();
  auto made = py::reinterpret_steal<py::object>(type->tp_alloc(type, 0));
  if (!made) throw py::error_already_set();
  Predictor& self = *self_of(made.ptr());
  self.call = call;
  self.engine = &engine;
  self.owner = owner.inc_ref().ptr();
  self.otherwise = otherwise.inc_ref().ptr();
  self.array_type = reinterpret_cast<PyObject*>(py::detail::npy_api::get().PyArray_Type_);
  Py_INCREF(self.array_type);
  self.dtype = std::visit(
      [](const auto& held) {
        using T = std::decay_t<decltype(held->network().loss_parameter)>;
        return py::dtype::of<T>().release().ptr();
      },
      engine);
  return made;
}

}  // namespace dlcore
