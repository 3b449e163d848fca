"""What programs call: the endpoints, their guard, and how they follow a job."""
