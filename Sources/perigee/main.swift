print("perigee")
