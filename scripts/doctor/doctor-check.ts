import type { Check } from "../checks/check";
import type { DoctorContext } from "./doctor-context";

/** One thing that the doctor looks at. */
export type DoctorCheck = Check<DoctorContext>;
