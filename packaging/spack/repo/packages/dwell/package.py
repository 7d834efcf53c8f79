# A recipe for Spack: spack repo add packaging/spack/repo && spack dev-build dwell@main
from spack.package import *


class Dwell(CMakePackage):
    """Lattice simulator for cosmological domain walls and their gravitational waves."""

    license("MIT")

    version("main")

    variant("libraries", default=True, description="Install the static libraries and headers")
    variant("native", default=True, description="Vector code for the target; off: chosen at run time")

    depends_on("c", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("mpi")
    depends_on("fftw@3.3: precision=float,double +mpi")
    depends_on("hdf5@1.10: +mpi")
    depends_on("libconfig@1.5:")
    depends_on("random123", type="build")
    depends_on("libpng")
    depends_on("gsl")
    depends_on("openblas threads=pthreads")
    depends_on("netlib-lapack +lapacke")
    depends_on("nlopt")

    generator("ninja")

    def cmake_args(self):
        return [
            self.define_from_variant("DWELL_INSTALL_LIBRARIES", "libraries"),
            self.define_from_variant("DWELL_NATIVE", "native"),
            self.define("DWELL_BUILD_TESTS", self.run_tests),
            self.define("MPI_C_COMPILER", self.spec["mpi"].mpicc),
            self.define("CMAKE_C_EXTENSIONS", False),
        ]

    @run_after("install")
    @on_package_attributes(run_tests=True)
    def check_install(self):
        Executable(self.prefix.bin.dwell)("--version")
