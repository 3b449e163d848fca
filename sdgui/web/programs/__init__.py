"""What programs call: the endpoints, the routes that take their calls, and how they follow a job."""
